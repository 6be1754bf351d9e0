import type { UnknownFieldSet } from '../codec.ts'
import { carrierOf } from './carrier.ts'

/** Objects that are looked at, at most: more than a datum holds. */
const MOST = 1_000_000

/**
 * What a value carries: of its root or, where the root is fresh, of the first record inside, to a depth, that carries something. An object is
 * looked at once, however often it stands in the value, or in itself.
 */
export function carriedIn(value: unknown, depth: number): UnknownFieldSet | undefined {
  return find(value, depth, new Set())
}

function find(value: unknown, depth: number, seen: Set<object>): UnknownFieldSet | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date || depth < 0) return undefined
  const own = carrierOf(value)
  if (own?.pair.resolution !== undefined) return own
  if (seen.has(value) || seen.size > MOST) return undefined
  seen.add(value)
  for (const part of Object.values(value)) {
    const inside = find(part, depth - 1, seen)
    if (inside !== undefined) return inside
  }
  return undefined
}
