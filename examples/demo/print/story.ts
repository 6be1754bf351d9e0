import { colourPaint, type Paint, plainPaint, type Tone, wantsColour } from './colour.ts'
import { type Table, tableLines } from './table.ts'
import { wrap } from './wrap.ts'

/** How the demo talks: to a person at a terminal, or in short lines beside a JSON result. */
export interface Story {
  /** Opens an act. */
  act(number: number, title: string): void
  /** A sentence or two. */
  say(text: string, tone?: Tone): void
  /** A small fact on a line of its own. */
  note(text: string): void
  table(table: Table): void
}

/** A stream as far as a story needs it. */
export interface Page {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** Wider lines are hard to read, narrower ones cannot hold a table. */
const widest = 100
const narrowest = 30

/** Columns to fill: those of the terminal, 80 where there is none, between 30 and 100. */
export function pageWidth(page: Page): number {
  return Math.min(widest, Math.max(narrowest, page.columns ?? 80))
}

/** The story for a person. The width is asked for anew at each line, so a resized window is respected. */
export function tellStory(page: Page, environment: Readonly<Record<string, string | undefined>>): Story {
  const paint: Paint = wantsColour(environment, page.isTTY === true) ? colourPaint : plainPaint
  const lines = (text: readonly string[]): void => {
    page.write(`${text.join('\n')}\n`)
  }
  const indented = (text: string, tone: Tone, first: string, rest: string): void =>
    lines(wrap(text, pageWidth(page) - rest.length).map((line, index) => (index === 0 ? first : rest) + paint(tone, line)))
  return {
    act: (number, title) => {
      lines([''])
      indented(`Act ${number}: ${title}`, 'heading', '', '')
    },
    say: (text, tone = 'plain') => indented(text, tone, '', ''),
    note: (text) => indented(text, 'faint', '  · ', '    '),
    table: (table) => lines(['', ...tableLines(table, pageWidth(page) - 2, paint).map((line) => (line === '' ? '' : `  ${line}`)), '']),
  }
}

/** Progress only, one plain line each: acts and notes, no sentences, no tables. */
export function tellProgress(page: Page): Story {
  return {
    act: (number, title) => page.write(`Act ${number}: ${title}\n`),
    say: () => undefined,
    note: (text) => page.write(`  ${text}\n`),
    table: () => undefined,
  }
}
