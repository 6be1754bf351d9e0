import { EvolveError } from '../../errors.ts'

/** Bounds on one datum; beyond them it is refused before memory is spent on it. */
export interface DatumLimits {
  /** Bytes of an encoded message. Default 16 MiB. */
  readonly bytes: number
  /** Levels of records, arrays and maps inside each other. Default 100, at most 500. */
  readonly depth: number
  /** Values in one datum: fields of records, elements of arrays and maps, what defaults make; skipped ones too. Default 1,000,000. */
  readonly values: number
  /** Elements in one datum that take no bytes (null, empty records, fixed of size 0). Default 100,000. */
  readonly emptyItems: number
  /** Bytes of memory that one datum may take when it is read, as estimated. Default 42 MiB: measured, that keeps within 64. */
  readonly memory: number
}

/** The bounds in force where none are given. */
export const datumLimits: DatumLimits = Object.freeze({
  bytes: 16 * 1024 * 1024,
  depth: 100,
  values: 1_000_000,
  emptyItems: 100_000,
  memory: 42 * 1024 * 1024,
})

/** Deeper values could run out of stack. */
const DEEPEST = 500

/** Checked bounds, those of `base` (the defaults) for the ones not given. @throws EvolveError `invalid-options`. */
export function limitsOf(given: Partial<DatumLimits> = {}, base: DatumLimits = datumLimits): DatumLimits {
  if (typeof given !== 'object' || given === null) throw new EvolveError('invalid-options', 'limits is an object')
  for (const [name, limit] of Object.entries(given)) {
    if (!Object.hasOwn(datumLimits, name)) throw new EvolveError('invalid-options', `there is no limit ${name}`)
    const most = name === 'depth' ? DEEPEST : Number.MAX_SAFE_INTEGER
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0 && limit <= most))
      throw new EvolveError('invalid-options', `the limit ${name} is a positive integer${name === 'depth' ? ` up to ${DEEPEST}` : ''}`)
  }
  const { bytes, depth, values, emptyItems, memory } = given
  return Object.freeze({
    bytes: bytes ?? base.bytes,
    depth: depth ?? base.depth,
    values: values ?? base.values,
    emptyItems: emptyItems ?? base.emptyItems,
    memory: memory ?? base.memory,
  })
}
