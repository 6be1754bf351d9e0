import { EvolveError } from '../../errors.ts'
import type { BoundLogicalType } from '../../resolution/logical-type.ts'

/** The part of a plan that says which logical type of the application's stands there. */
export interface WithCustomType {
  readonly type: BoundLogicalType
}

/** A base value as the application's. @throws EvolveError `malformed-data` where the application's function throws. */
export function fromBase({ type }: WithCustomType, base: unknown): unknown {
  try {
    return type.fromBase(base)
  } catch (cause) {
    throw new EvolveError('malformed-data', `the logical type ${type.name} refuses the value`, {}, cause)
  }
}

/** The application's value as a base value; `undefined` where the type does not take it. @throws EvolveError `invalid-value`. */
export function toBase({ type }: WithCustomType, value: unknown): unknown {
  try {
    return type.toBase(value)
  } catch (cause) {
    throw new EvolveError('invalid-value', `the logical type ${type.name} refuses the value`, {}, cause)
  }
}
