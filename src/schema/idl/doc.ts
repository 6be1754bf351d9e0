const LINE_BREAK = /(\r\n|[\n\r\u0085\u2028\u2029])/
const BLANKS = '[ \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]'
const INDENT = new RegExp(`^${BLANKS}*`)
const STAR_LINES: readonly (readonly [first: RegExp, following: RegExp])[] = ['\\*\\*', '\\*'].map(
  (stars) => [new RegExp(`^${stars}${BLANKS}?`), new RegExp(`^${BLANKS}*${stars}${BLANKS}?`)] as const,
)

/**
 * The text of a documentation comment: without its marks and, where every line begins with the same number of stars (two or
 * one), without these and the white space around them; otherwise without the indentation that all lines but the first share.
 */
export function docText(comment: string): string {
  const text = trimmed(comment.slice(3, -2))
  // Lines at even places, what breaks them at odd ones.
  const parts = text.split(LINE_BREAK)
  for (const [first, following] of STAR_LINES) {
    if (parts.every((part, index) => index % 2 === 1 || (index === 0 ? first : following).test(part))) {
      return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(index === 0 ? first : following, ''))).join('')
    }
  }
  if (parts.length < 3) return text
  const lines = parts.slice(2).filter((_part, index) => index % 2 === 0)
  const shared = lines.map((line) => INDENT.exec(line)?.[0] ?? '').reduce(commonStart)
  return parts.map((part, index) => (index % 2 === 1 || index === 0 ? part : part.slice(shared.length))).join('')
}

/** Cuts off what Java's `trim` does: every character up to the space, and nothing else. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 32) start += 1
  while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1
  return text.slice(start, end)
}

function commonStart(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return one.slice(0, length)
}
