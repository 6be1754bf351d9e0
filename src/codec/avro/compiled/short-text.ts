import { characterCases, LONGEST, ROUNDS } from './characters.ts'
import { longText } from './long-text.ts'
import { type Bytes, readerRun, readSize, scratch } from './reader-run.ts'
import { bail, Source } from './source.ts'

/** Reads a string at a position, into memory of its own. */
export type TextReader = (bytes: Bytes, p: number) => string

let reader: TextReader | undefined

/** What reads strings for all compiled readers; `undefined` where code may not be made from text. */
export function textReader(): TextReader | undefined {
  return (reader ??= warm(build()))
}

function build(): TextReader | undefined {
  const source = new Source()
  const names: readonly [string, unknown][] = [
    ['BAIL', bail],
    ['R', readerRun],
    ['SIZE', readSize],
    ['LONG', longText],
  ]
  source.line('function text(B, p) { let n = B[p++];')
  source.line('if (n > 127) { n = SIZE(B, p - 1); p = R.p; }')
  source.line('else { if ((n & 1) === 1) throw BAIL; n >>>= 1; if (n > R.e - p) throw BAIL; }')
  source.line('R.p = p + n;')
  characterCases(source, '(ALL) < 128')
  source.line('return LONG(B, p, p + n); }')
  const constants = names.map(([name, value]) => `const ${name} = ${source.constant(value)};`).join('\n')
  return source.build(constants, 'text')
}

function warm(text: TextReader | undefined): TextReader | undefined {
  if (text === undefined) return undefined
  readerRun.e = scratch.length
  for (let round = 0; round < ROUNDS; round++) {
    for (let size = 0; size <= LONGEST + 1; size++) {
      scratch.fill(0x61, 0, size + 1)
      scratch[0] = size * 2
      text(scratch, 0)
    }
  }
  return text
}
