import { unknownFields } from '../codec/codec.ts'
import { withoutCarried } from '../codec/discard.ts'

/** What a test runner hands to a tester of {@link ignoreUnknownFields} as `this`: vitest and jest both do. */
export interface EqualityContext {
  equals(received: unknown, expected: unknown, testers?: EqualityTester[], strict?: boolean): boolean
}

/** A tester as `expect.addEqualityTesters` takes it: `undefined` leaves the pair to the others. */
export type EqualityTester = (this: EqualityContext, received: unknown, expected: unknown, testers: EqualityTester[]) => boolean | undefined

/**
 * Makes `toEqual` and `toStrictEqual` ignore what a decoded value carries of fields unknown to its reader, at every depth.
 * Without it a value with such fields differs from the literal that it is compared with.
 *
 * ```ts
 * expect.addEqualityTesters([unknownFieldsEqualityTester])   // vitest and jest, once, in a set-up file
 * ```
 *
 * Only own records are looked at: a pair in which neither side carries anything is left to the runner, as are its children.
 */
export function unknownFieldsEqualityTester(
  this: EqualityContext,
  received: unknown,
  expected: unknown,
  testers: EqualityTester[],
): boolean | undefined {
  if (!carries(received) && !carries(expected)) return undefined
  // Neither runner says that it is inside toStrictEqual; both add this tester of theirs there.
  const strict = testers.some(({ name }) => name === 'typeEquality')
  return this.equals(withoutOwn(received), withoutOwn(expected), testers, strict)
}

/** What `expect.addEqualityTesters` takes: `expect.addEqualityTesters(ignoreUnknownFields)`. */
export const ignoreUnknownFields: EqualityTester[] = [unknownFieldsEqualityTester]

/**
 * A deep copy that carries nothing, for runners without equality testers (`assert.deepStrictEqual(withoutUnknownFields(value), …)`).
 * Plain objects and arrays are copied, anything else (`Date`, `Buffer`, …) is the same object as in the original. Written as a message,
 * the copy has lost the unknown fields: it is for comparing only.
 */
export const withoutUnknownFields: typeof withoutCarried = withoutCarried

const carries = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.hasOwn(value, unknownFields)

/** A copy of one object without its own carried data; what is inside is left to the runner. */
function withoutOwn(value: unknown): unknown {
  if (!carries(value)) return value
  const { [unknownFields]: _carried, ...descriptors } = Object.getOwnPropertyDescriptors(value) as Record<PropertyKey, PropertyDescriptor>
  return Object.create(Object.getPrototypeOf(value) as object | null, descriptors)
}
