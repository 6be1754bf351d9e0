import { type Bytes, longText, readerRun, readSize, scratch } from './reader-run.ts'
import { bail, Source } from './source.ts'

/** Reads a string at a position, into memory of its own. */
export type TextReader = (bytes: Bytes, p: number) => string

/** ASCII up to this many bytes becomes a string by one call with a character each; from here on, a call into the runtime is cheaper. */
const LONGEST = 36

let reader: TextReader | undefined

/** What reads strings for all compiled readers. */
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
  source.line('function text(B, p) {')
  source.line(
    'let n = B[p++]; if (n > 127) { n = SIZE(B, p - 1); p = R.p; } else { if ((n & 1) === 1) throw BAIL; n >>>= 1; if (n > R.e - p) throw BAIL; }',
  )
  source.line('R.p = p + n;')
  source.line('switch (n) { case 0: return "";')
  for (let size = 1; size <= LONGEST; size++) {
    const characters = Array.from({ length: size }, (_, index) => `c${index}`)
    const loads = characters.map((name, index) => `${name} = B[p + ${index}]`)
    source.line(`case ${size}: { const ${loads.join(', ')};`)
    source.line(`if ((${characters.join(' | ')}) < 128) return String.fromCharCode(${characters.join(', ')}); break; }`)
  }
  source.line('} return LONG(B, p, p + n); }')
  const constants = names.map(([name, value]) => `const ${name} = ${source.constant(value)};`).join('\n')
  return source.build(constants, 'text')
}

/** Takes every way through it: what the runtime has never seen taken it compiles as if it never were, and has to do again later. */
function warm(text: TextReader | undefined): TextReader | undefined {
  if (text === undefined) return undefined
  readerRun.e = scratch.length
  for (let round = 0; round < 20; round++) {
    for (let size = 0; size <= LONGEST + 1; size++) {
      scratch.fill(0x61, 0, size + 1)
      scratch[0] = size * 2
      text(scratch, 0)
    }
  }
  return text
}
