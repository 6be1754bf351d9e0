import { EvolveError } from '../../errors.ts'

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
  const before = source.text.slice(0, offset)
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
  const line = (before.match(/\r\n|\r|\n/g)?.length ?? 0) + 1
  return `at line ${line}, column ${offset - lineStart + 1}${file === '' ? '' : ` of ${file}`}`
}
