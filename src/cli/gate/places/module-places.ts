import { unqualified } from '../../../schema/names.ts'
import type { PlaceIndex, Span } from './places.ts'

/** Finds types and fields in a JavaScript or TypeScript text: where `name: 'Order'` stands. A guess, as it knows nothing of the language. */
export function modulePlaces(text: string): PlaceIndex {
  const named = [...text.matchAll(/(['"]?)\bname\1\s*:\s*(['"`])([\p{L}\p{Nd}_.]+)\2/gu)].map((match) => ({
    name: match[3] ?? '',
    start: match.index + match[0].length - (match[3] ?? '').length - 1,
  }))
  return {
    types: [],
    find(type: string, field?: string): Span | undefined {
      const own = named.find(({ name }) => name === type || name === unqualified(type))
      if (own === undefined) return undefined
      const found = field === undefined ? own : (named.find(({ name, start }) => start > own.start && name === field) ?? own)
      return { start: found.start, length: found.name.length }
    },
  }
}
