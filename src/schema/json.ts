/** A string or an integer literal long enough to be rounded; strings are matched only to be stepped over. */
const STRINGS_AND_LONG_INTEGERS = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g
const MARK = '\u0000integer:'

/**
 * `JSON.parse` that gives integers beyond 2^53 as `bigint` instead of rounding them: the default of a `long` may be one.
 * @throws SyntaxError as `JSON.parse` does.
 */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  const marked = text.replace(STRINGS_AND_LONG_INTEGERS, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token)))
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) return value
    const exact = BigInt(value.slice(MARK.length))
    const number = Number(exact)
    return Number.isSafeInteger(number) ? number : exact
  })
}

/** `JSON.stringify` that writes a `bigint` as the integer it is: the way back of {@link parseExactJson}. */
export function stringifyExactJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? MARK + item.toString() : item))
  const mark = JSON.stringify(MARK).slice(1, -1)
  return text.includes(mark) ? text.replace(STRINGS_AND_LONG_INTEGERS, (token) => unmarked(token, mark)) : text
}

function unmarked(token: string, mark: string): string {
  return token.startsWith(`"${mark}`) ? token.slice(mark.length + 1, -1) : token
}
