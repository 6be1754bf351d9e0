/** Whether a query says `name=true`, in any letters: some clients write `True`. */
export function flag(query: URLSearchParams, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true'
}

/** `{ [name]: true }` where the query says so, and nothing where it does not mention it or says otherwise. */
export function flagged<Name extends string>(query: URLSearchParams, ...names: readonly Name[]): Partial<Record<Name, true>> {
  const given = names.filter((name) => flag(query, name)).map((name) => [name, true])
  return Object.fromEntries(given) as Partial<Record<Name, true>>
}

/**
 * The part of a list that `offset` and `limit` ask for. As with Confluent's registry a limit that is no number above 0 is none, or `most`, where a
 * list can be long.
 */
export function page<T>(list: readonly T[], query: URLSearchParams, most: number = Number.POSITIVE_INFINITY): readonly T[] {
  const { offset, limit } = pageOf(query, most)
  return list.slice(offset, offset + limit)
}

/** Where a page begins, and the most that it holds. */
export function pageOf(
  query: URLSearchParams,
  most: number = Number.POSITIVE_INFINITY,
): { readonly offset: number; readonly limit: number } {
  const limit = whole(query.get('limit'))
  return { offset: whole(query.get('offset')), limit: limit > 0 && limit <= most ? limit : most }
}

function whole(text: string | null): number {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : 0
}
