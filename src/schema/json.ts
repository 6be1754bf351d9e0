/**
 * What stands for a number between marking and parsing. A string of the text's own that starts with the first character
 * of it gets that character twice, so that no text can pass for a mark.
 */
const MARK = '\u0000number:'
const ESCAPE = '\\u0000'

const NUMBER_OR_QUOTE = /"|-?\d[\d.eE+-]*/g

/**
 * `JSON.parse` that gives integers beyond 2^53 as `bigint` instead of rounding them (the default of a `long` may be one), and steps over
 * comments, as Java's parser of schemas does. Takes time in proportion to the text, whatever stands in it.
 * @throws SyntaxError as `JSON.parse` does.
 */
export function parseExactJson(given: string): unknown {
  const text = withoutComments(given)
  return /\d{16}/.test(text) ? parseMarked(text, (token) => /^-?\d{16,}$/.test(token), exactInteger) : JSON.parse(text)
}

/** A number as it stands in a text: parsed, 1.0 is 1, and long ones are others. */
export class JsonNumber {
  readonly token: string

  constructor(token: string) {
    this.token = token
  }
}

/** `JSON.parse` that gives every number as a {@link JsonNumber}; of a text that {@link parseExactJson} takes. */
export function parseJsonNumbers(given: string): unknown {
  return parseMarked(
    withoutComments(given),
    () => true,
    (token) => new JsonNumber(token),
  )
}

function exactInteger(token: string): number | bigint {
  const exact = BigInt(token)
  const number = Number(exact)
  return Number.isSafeInteger(number) ? number : exact
}

/** `JSON.parse` that leaves numbers to `revive`: those whose text it is to be given. */
function parseMarked(text: string, isMarked: (token: string) => boolean, revive: (token: string) => unknown): unknown {
  const marked = replaceTokens(text, (token) => {
    if (token.startsWith('"')) return token.startsWith(`"${ESCAPE}`) ? `"${ESCAPE}${token.slice(1)}` : token
    return isMarked(token) ? JSON.stringify(MARK + token) : token
  })
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('\u0000')) return value
    return value.startsWith(MARK) ? revive(value.slice(MARK.length)) : value.slice(1)
  })
}

/** `JSON.stringify` that writes a `bigint` as the integer it is: the way back of {@link parseExactJson}. */
export function stringifyExactJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return MARK + item.toString()
    return typeof item === 'string' && item.startsWith('\u0000') ? `\u0000${item}` : item
  })
  if (!text.includes(ESCAPE)) return text
  const mark = JSON.stringify(MARK).slice(0, -1)
  return replaceTokens(text, (token) => {
    if (token.startsWith(mark)) return token.slice(mark.length, -1)
    return token.startsWith(`"${ESCAPE}`) ? `"${token.slice(1 + ESCAPE.length)}` : token
  })
}

/** The text with its numbers and its strings replaced, but for the names in objects. */
function replaceTokens(text: string, replace: (token: string) => string): string {
  const parts: string[] = []
  let copied = 0
  NUMBER_OR_QUOTE.lastIndex = 0
  for (let match = NUMBER_OR_QUOTE.exec(text); match !== null; match = NUMBER_OR_QUOTE.exec(text)) {
    const isString = match[0] === '"'
    const end = isString ? endOfString(text, match.index) : NUMBER_OR_QUOTE.lastIndex
    NUMBER_OR_QUOTE.lastIndex = end
    const token = text.slice(match.index, end)
    const replaced = isString && /^\s*:/.test(text.slice(end, end + 100)) ? token : replace(token)
    if (replaced === token) continue
    parts.push(text.slice(copied, match.index), replaced)
    copied = end
  }
  return parts.join('') + text.slice(copied)
}

const LINE_END = /[\r\n]/g
const QUOTE_OR_COMMENT = /"|\/\/|\/\*/g

/** The text with a space in place of each comment. One without an end stays, and is no JSON. */
export function withoutComments(text: string): string {
  if (!text.includes('/')) return text
  const parts: string[] = []
  let copied = 0
  QUOTE_OR_COMMENT.lastIndex = 0
  for (let match = QUOTE_OR_COMMENT.exec(text); match !== null; match = QUOTE_OR_COMMENT.exec(text)) {
    const end = match[0] === '"' ? endOfString(text, match.index) : endOfComment(text, match.index, match[0] === '/*')
    if (end < 0) break
    if (match[0] !== '"') {
      parts.push(text.slice(copied, match.index))
      copied = end
    }
    QUOTE_OR_COMMENT.lastIndex = end
  }
  return parts.length === 0 ? text : [...parts, text.slice(copied)].join(' ')
}

/** The position behind a comment; -1 for one that lacks its end. */
function endOfComment(text: string, start: number, isBlock: boolean): number {
  if (isBlock) {
    const end = text.indexOf('*/', start + 2)
    return end < 0 ? -1 : end + 2
  }
  LINE_END.lastIndex = start
  return LINE_END.exec(text)?.index ?? text.length
}

/** The position behind the quote that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '"') return at + 1
    if (character === '\\') at++
  }
  return text.length
}
