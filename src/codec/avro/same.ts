import { unknownFields } from '../codec.ts'
import { type Carrier, carrierOf } from './carrier.ts'
import { isBytes, timeOf } from './object.ts'

/**
 * Whether two values of one reader schema would be written alike. A record is the same only where it also carries the
 * same: equal known fields with other unknown ones are another record.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left === 'bigint' || typeof right === 'bigint') return isNumeric(left) && isNumeric(right) && BigInt(left) === BigInt(right)
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (left instanceof Date || right instanceof Date) return timeOf(left) === timeOf(right)
  if (left instanceof Uint8Array || right instanceof Uint8Array) return isBytes(left) && isBytes(right) && Buffer.compare(left, right) === 0
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameValue(item, right[index]))
    )
  }
  // What an object of a class holds may not be seen from outside.
  if (!isPlain(left) || !isPlain(right) || !carryTheSame(left, right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameValue(Reflect.get(left, key), Reflect.get(right, key)))
  )
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

function carryTheSame(left: object, right: object): boolean {
  const [mine, theirs] = [carrierOf(left), carrierOf(right)]
  // A root that is no record holds nothing that its parts do not show or carry.
  if (mine?.isBox === true || theirs?.isBox === true) return true
  if (mine === undefined || theirs === undefined) return mine === theirs && !(unknownFields in left) && !(unknownFields in right)
  return mine.plan === theirs.plan && sameRanges(mine, theirs)
}

function sameRanges(mine: Carrier, theirs: Carrier): boolean {
  for (let slot = 0; slot < mine.plan.slots; slot++) {
    const bytes = mine.source.slice(mine.startOf(slot), mine.endOf(slot))
    if (bytes !== theirs.source.slice(theirs.startOf(slot), theirs.endOf(slot))) return false
  }
  return true
}
