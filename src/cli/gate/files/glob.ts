/** Characters that make a path a pattern. */
const WILD = /[*?{}[\]]/

/** Whether a path is a pattern. */
export function isGlob(path: string): boolean {
  return WILD.test(path)
}

/** The folder of a pattern in which no part is wild: where to look for what it matches. */
export function globBase(pattern: string): string {
  const parts = pattern.split('/')
  const wild = parts.findIndex(isGlob)
  return parts.slice(0, wild < 0 ? -1 : wild).join('/')
}

/**
 * Matches paths with `/`: `*` and `?` within a name, `**` over any folders, `{a,b}`, `[abc]`. A pattern without a slash matches names in any folder only where it
 * begins with `**`.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${translate(pattern)}$`, 'u')
  return (path) => expression.test(path)
}

function translate(pattern: string): string {
  let out = ''
  let depth = 0
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at] as string
    if (pattern.startsWith('**/', at) && (at === 0 || pattern[at - 1] === '/')) {
      out += '(?:[^/]+/)*'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      out += '.*'
      at += 1
    } else if (sign === '*') out += '[^/]*'
    else if (sign === '?') out += '[^/]'
    else if (sign === '{' && pattern.includes('}', at)) {
      out += '(?:'
      depth += 1
    } else if (sign === '}' && depth > 0) {
      out += ')'
      depth -= 1
    } else if (sign === ',' && depth > 0) out += '|'
    else if (sign === '[' && pattern.includes(']', at)) {
      const end = pattern.indexOf(']', at)
      out += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replace(/[\\[]/g, '\\$&')}]`
      at = end
    } else out += sign.replace(/[\\^$.|?*+(){}[\]/]/g, '\\$&')
  }
  return out + ')'.repeat(depth)
}
