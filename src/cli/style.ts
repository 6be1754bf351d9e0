/** Puts text into colours, or leaves it as it is. */
export interface Style {
  readonly enabled: boolean
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  blue(text: string): string
  magenta(text: string): string
  cyan(text: string): string
}

/** SGR sequences (ECMA-48): what sets, and what takes back. */
const paint = (on: number, off: number, enabled: boolean): ((text: string) => string) =>
  enabled ? (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`) : (text) => text

/** A style that writes colours, or none. */
export function styleOf(enabled: boolean): Style {
  return {
    enabled,
    bold: paint(1, 22, enabled),
    dim: paint(2, 22, enabled),
    red: paint(31, 39, enabled),
    green: paint(32, 39, enabled),
    yellow: paint(33, 39, enabled),
    blue: paint(34, 39, enabled),
    magenta: paint(35, 39, enabled),
    cyan: paint(36, 39, enabled),
  }
}

/**
 * Whether to write colours to an output: the option over FORCE_COLOR over NO_COLOR over what the output is. As in Node itself, FORCE_COLOR wins
 * over NO_COLOR.
 */
export function wantsColour(
  asked: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
  output: { readonly isTTY?: boolean | undefined },
): boolean {
  if (asked !== undefined) return asked
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: terminal } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (none !== undefined && none !== '') return false
  return output.isTTY === true && terminal !== 'dumb'
}

/** Columns a text takes once its colours are left out. */
export function visibleWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of.
  return [...text.replace(/\u001b\[\d+m/g, '')].length
}

/** Columns of the widest of any number of texts. */
export function widestOf(texts: Iterable<string>): number {
  let widest = 0
  for (const text of texts) widest = Math.max(widest, visibleWidth(text))
  return widest
}

/** Text of others (a registry's answer, a message, a file's name) on one line, with nothing in it that steers a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g, escaped)
}

function escaped(character: string): string {
  switch (character) {
    case '\n':
      return '\\n'
    case '\r':
      return '\\r'
    case '\t':
      return '\\t'
    default: {
      const code = character.charCodeAt(0)
      return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
    }
  }
}
