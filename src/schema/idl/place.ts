import { EvolveError } from '../../errors.ts'
import { remember } from '../remember.ts'

/** One text of a set that import each other. */
export interface Source {
  readonly text: string
  /** What the caller calls it, in errors and towards imports. */
  readonly path: string | undefined
}

/** Where something stands. */
export interface Place {
  readonly source: Source
  /** Index into the text; `undefined` in texts that are JSON. */
  readonly offset: number | undefined
}

/** @throws EvolveError `invalid-schema` that names line and column, both from 1, and the file where it has a name. */
export function failAt(place: Place, problem: string, hint?: string): never {
  throw new EvolveError('invalid-schema', `${problem}, ${describePlace(place)}`, hint === undefined ? {} : { hint })
}

/** `at line 3, column 7 of orders.avdl`. */
export function describePlace({ source, offset }: Place): string {
  const file = source.path === undefined ? '' : source.path
  if (offset === undefined) return file === '' ? 'in an import' : `in ${file}`
  const starts = remember(lineStarts, source, () => [0, ...Array.from(source.text.matchAll(LINE_END), (end) => end.index + end[0].length)])
  const line = lineAt(starts, offset)
  const lineStart = starts[line - 1] ?? 0
  return `at line ${line}, column ${offset - lineStart + 1}${file === '' ? '' : ` of ${file}`}`
}

const LINE_END = /\r\n|\r|\n/g

/** Where the lines of a text start, found once: a text may have a warning at each of its comments. */
const lineStarts = new WeakMap<Source, readonly number[]>()

/** The line, from 1, of an offset: how many lines start at it or before. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((starts[middle] as number) <= offset) low = middle + 1
    else high = middle
  }
  return low
}
