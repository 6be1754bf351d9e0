/** The media types in which a server answers, the one it likes best first, as Confluent's does. */
const offered = ['application/vnd.schemaregistry.v1+json', 'application/vnd.schemaregistry+json', 'application/json'] as const

/**
 * The media type of an answer for a request with this `Accept` header (RFC 9110, 12.5.1): of those offered the one that it weighs most. Whoever takes none of
 * them gets the first all the same: an answer that can be read is better than none.
 */
export function answerType(accept: string | undefined): string {
  if (accept === undefined || accept === '*/*') return offered[0]
  const ranges = accept.split(',').map(rangeOf)
  let best: { readonly type: string; readonly weight: number } = { type: offered[0], weight: 0 }
  for (const type of offered) {
    const weight = weightOf(type, ranges)
    if (weight > best.weight) best = { type, weight }
  }
  return best.type
}

interface Range {
  readonly type: string
  readonly weight: number
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = q === undefined ? 1 : Number(q.slice(2))
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 }
}

/** What the narrowest range says that holds the type. */
function weightOf(type: string, ranges: readonly Range[]): number {
  for (const range of [type, 'application/*', '*/*']) {
    const found = ranges.find((one) => one.type === range)
    if (found !== undefined) return found.weight
  }
  return 0
}
