import { EvolveError } from '../../errors.ts'
import { schemaLimits } from '../limits.ts'
import { failAt, type Source } from './place.ts'
import type { DocComment, Token } from './token.ts'

const PART = '[\\p{XID_Start}_]\\p{XID_Continue}*'
const WORD = new RegExp(`(?:\`${PART}\`|${PART})(?:[.-](?:\`${PART}\`|${PART}))*`, 'uy')
const INTEGER = /-?(?:[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[0-7]*)[lL]?/y
const FLOAT =
  /[+-]?(?:NaN|Infinity|0[xX](?:[0-9a-fA-F]+\.?|[0-9a-fA-F]*\.[0-9a-fA-F]+)[pP][+-]?[0-9]+[fFdD]?|(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?|[0-9]+(?:[eE][+-]?[0-9]+[fFdD]?|[fFdD]))/y
const ESCAPE = /\\(?:[nrbft\\'"]|[0-3][0-7][0-7]|[0-7][0-7]?|u[0-9a-fA-F]{4})/y
const SPACE = /[ \t\n\r\f]+/y
const LINE_COMMENT = /\/\/[^\n\r]*/y
const SIGNS = '(){}[]:;,@=.-?<>'
/** Old systems end a text with it: what stands behind is not looked at. */
const SUBSTITUTE = '\u001a'

/**
 * Cuts Avro IDL into tokens (Apache Avro 1.12, "IDL Language", as the grammar of that release has it): the longest match
 * wins, white space and comments are dropped. One pass, no way back.
 * @throws EvolveError `invalid-schema` with line and column; `limit-exceeded` for a text that is too long.
 */
export function scan(source: Source): Token[] {
  const { text } = source
  if (text.length > schemaLimits.textLength) {
    throw new EvolveError('limit-exceeded', `the IDL text has ${text.length} characters, ${schemaLimits.textLength} are allowed`)
  }
  const tokens: Token[] = []
  let docs: DocComment[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length && text[at] !== SUBSTITUTE) {
    const space = match(SPACE, text, at) || match(LINE_COMMENT, text, at)
    if (space !== '') {
      at += space.length
    } else if (text.startsWith('/*', at)) {
      const comment = blockComment(source, at)
      if (comment.startsWith('/**') && comment.length > 4) docs.push({ text: comment, offset: at })
      at += comment.length
    } else {
      const token = tokenAt(source, at, docs)
      tokens.push(token)
      docs = []
      at += token.text.length
    }
  }
  tokens.push({ kind: 'end', text: '', offset: at, docs })
  return tokens
}

function tokenAt(source: Source, offset: number, docs: readonly DocComment[]): Token {
  const { text } = source
  const first = text[offset] as string
  if (first === '"') return { kind: 'string', text: stringAt(source, offset), offset, docs }
  const word = match(WORD, text, offset)
  const float = match(FLOAT, text, offset)
  const integer = match(INTEGER, text, offset)
  const longest = Math.max(word.length, float.length, integer.length)
  if (longest > 0) {
    if (integer.length === longest) return { kind: 'integer', text: integer, offset, docs }
    if (float.length === longest) return { kind: 'float', text: float, offset, docs }
    return { kind: 'word', text: word, offset, docs }
  }
  if (SIGNS.includes(first)) return { kind: 'sign', text: first, offset, docs }
  return failAt({ source, offset }, `${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) as number))} has no place in IDL`)
}

function blockComment(source: Source, offset: number): string {
  // `/**/` is an empty comment, and no documentation that runs on to the next `*/`.
  const end = source.text.startsWith('/**/', offset) ? offset + 2 : source.text.indexOf('*/', offset + 2)
  if (end < 0) return failAt({ source, offset }, 'the comment is not closed')
  return source.text.slice(offset, end + 2)
}

function stringAt(source: Source, offset: number): string {
  const { text } = source
  let at = offset + 1
  while (at < text.length) {
    const char = text[at] as string
    if (char === '"') return text.slice(offset, at + 1)
    if (char === '\\') {
      const escaped = match(ESCAPE, text, at)
      if (escaped === '') return failAt({ source, offset: at }, 'the string has an escape that IDL does not know')
      at += escaped.length
    } else if ('\n\r\b\f\t'.includes(char)) {
      return failAt({ source, offset: at }, 'the string is not closed on its line, or has a tab in it')
    } else {
      at += 1
    }
  }
  return failAt({ source, offset }, 'the string is not closed')
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
