import { Source } from './source.ts'

/** Makes a string of the `size` characters whose codes stand from `p` on. */
export type CharactersReader = (codes: Uint16Array, p: number, size: number) => string | undefined

/** Strings up to this many characters are made by one call with a code each; from here on, a call into the runtime is cheaper. */
export const LONGEST = 36

let reader: CharactersReader | undefined

/** Makes strings of up to {@link LONGEST} characters of any kind; `undefined` where code may not be made from text. */
export function charactersReader(): CharactersReader | undefined {
  if (reader !== undefined) return reader
  const source = new Source()
  source.line('function read(B, p, n) {')
  characterCases(source, 'true')
  source.line('}')
  reader = source.build<CharactersReader>('', 'read')
  if (reader !== undefined) {
    const codes = new Uint16Array(LONGEST).fill(0x61)
    for (let round = 0; round < ROUNDS; round++) for (let size = 0; size <= LONGEST; size++) reader(codes, 0, size)
  }
  return reader
}

/**
 * How often a function with many ways through it is called for each before it is used: ways that the runtime has never seen taken it
 * compiles as if they never were, and has to do it again later.
 */
export const ROUNDS = 20

/** Writes a `switch` over `n` that returns the `n` characters of `B` from `p` on, if `condition` holds (`ALL`: all their bits). */
export function characterCases(source: Source, condition: string): void {
  source.line('switch (n) { case 0: return "";')
  for (let size = 1; size <= LONGEST; size++) {
    const codes = Array.from({ length: size }, (_, index) => `c${index}`)
    source.line(`case ${size}: { const ${codes.map((name, index) => `${name} = B[p + ${index}]`).join(', ')};`)
    source.line(`if (${condition.replace('ALL', codes.join(' | '))}) return String.fromCharCode(${codes.join(', ')}); break; }`)
  }
  source.line('}')
}
