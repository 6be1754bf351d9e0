import type { Source } from '../model.ts'
import { type Place, placeOf } from './places.ts'

/** What to look for: a type, a field in it, a part of either. */
export interface Sought {
  readonly type: string | undefined
  readonly member?: string | undefined
  readonly part?: string | undefined
}

/** The place of a type or a field in the files that a schema comes from; the beginning of the first one where it is not found. */
export function locate(sources: readonly Source[], { type, member, part }: Sought): Place | undefined {
  const [own] = sources
  if (own === undefined) return undefined
  const definer = type === undefined ? undefined : sources.find(({ places }) => places.types.includes(type))
  for (const source of definer === undefined ? sources : [definer]) {
    const span = type === undefined ? undefined : source.places.find(type, member, part)
    if (span !== undefined) return placeOf(source.file, source.text, span)
  }
  return placeOf(own.file, own.text, { start: own.text.search(/\S|$/), length: 1 })
}
