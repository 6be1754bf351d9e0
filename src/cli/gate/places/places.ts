/** A stretch of a text. */
export interface Span {
  /** Index of its first character. */
  readonly start: number
  /** Characters. */
  readonly length: number
}

/** Where in a text something is defined. */
export interface PlaceIndex {
  /** The names of the types that the text defines, as far as they are told from the text: full names. */
  readonly types: readonly string[]
  /** A type's name, a field's name in it, or the `part` of either (`type`, `symbols`, `size`, `aliases`, `default`); the nearest thing that is there. */
  find(type: string, field?: string, part?: string): Span | undefined
}

/** A place for people: line and column from 1, and the line itself. */
export interface Place {
  /** Relative to where the program runs, with `/`. */
  readonly file: string
  readonly line: number
  /** In UTF-16 units, from 1. */
  readonly column: number
  /** At least 1. */
  readonly length: number
  /** The line without its end. */
  readonly text: string
}

/** The place of a stretch of a file. What goes over the end of the line is cut. */
export function placeOf(file: string, text: string, { start, length }: Span): Place {
  // Before the first character there is no end of a line, though `lastIndexOf` takes -1 for 0.
  const from = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1
  const found = /[\r\n]/g
  found.lastIndex = start
  const to = found.exec(text)?.index ?? text.length
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) line += 1
  return { file, line, column: start - from + 1, length: Math.max(1, Math.min(length, to - start)), text: text.slice(from, to) }
}

/** The place of a line and a column, both from 1. */
export function placeAt(file: string, text: string, line: number, column: number): Place {
  let start = 0
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', start)
    if (end < 0) break
    start = end + 1
  }
  const word = /[\p{L}\p{Nd}_.]+/uy
  word.lastIndex = Math.min(start + column - 1, text.length)
  const length = word.exec(text)?.[0].length ?? 1
  return placeOf(file, text, { start: start + column - 1, length })
}
