import type { Paint, Tone } from './colour.ts'
import { wrap } from './wrap.ts'

/** One cell: text and what it means. A bare string is plain. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

/** A column: its heading, and `right` for numbers. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** A table as data. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

const gap = '  '
/** No column is squeezed below this many characters while another one is wider. */
const narrowest = 6

/** The table as lines of at most `width` characters (as far as the number of columns allows): wide columns are wrapped, none is cut off. */
export function tableLines(table: Table, width: number, paint: Paint): string[] {
  const widths = columnWidths(table, width)
  const heading = table.columns.map((column): Cell => ({ text: column.title, tone: 'heading' }))
  const rule = paint('faint', widths.map((columnWidth) => '─'.repeat(columnWidth)).join(gap))
  return [
    ...rowLines(heading, table.columns, widths, paint),
    rule,
    ...table.rows.flatMap((row) => rowLines(row, table.columns, widths, paint)),
  ]
}

/** Natural widths, the widest column shrunk by one until all fit. */
function columnWidths(table: Table, width: number): number[] {
  const widths = table.columns.map((column, index) => {
    const cells = [column.title, ...table.rows.map((row) => textOf(row[index]))]
    return Math.max(1, ...cells.map((text) => text.length))
  })
  const room = width - gap.length * (widths.length - 1)
  while (sum(widths) > room) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}

function rowLines(row: readonly Cell[], columns: readonly Column[], widths: readonly number[], paint: Paint): string[] {
  const cells = widths.map((columnWidth, index) => wrap(textOf(row[index]), columnWidth))
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((columnWidth, index) => {
        const text = cells[index]?.[line] ?? ''
        const padding = ' '.repeat(Math.max(0, columnWidth - text.length))
        const painted = paint(toneOf(row[index]), text)
        return columns[index]?.align === 'right' ? padding + painted : painted + padding
      })
      .join(gap)
      .trimEnd(),
  )
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '')
}

function toneOf(cell: Cell | undefined): Tone {
  return typeof cell === 'object' ? cell.tone : 'plain'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
