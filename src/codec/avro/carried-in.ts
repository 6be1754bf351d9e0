import type { UnknownFieldSet } from '../codec.ts'
import { carrierOf } from './carrier.ts'

/** What a value carries: of its root or, where the root is fresh, of the first record inside, to a depth, that carries something. */
export function carriedIn(value: unknown, depth: number): UnknownFieldSet | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date || depth < 0) return undefined
  const own = carrierOf(value)
  if (own?.pair.resolution !== undefined) return own
  for (const part of Object.values(value)) {
    const inside = carriedIn(part, depth - 1)
    if (inside !== undefined) return inside
  }
  return undefined
}
