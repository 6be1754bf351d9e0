import { isEvolveError } from '../../../errors.ts'
import { scan } from '../../../schema/idl/scan.ts'
import type { Token } from '../../../schema/idl/token.ts'
import { fullName, namespaceOf, unqualified } from '../../../schema/names.ts'
import type { PlaceIndex, Span } from './places.ts'

const DECLARES = new Set(['record', 'error', 'enum', 'fixed'])
const OPENS = new Set(['(', '{', '[', '<'])
const CLOSES = new Set([')', '}', ']', '>'])

/** Finds types and fields in Avro IDL by its tokens alone. Whether it is IDL is not its matter: a text that cannot be cut into tokens has none. */
export function idlPlaces(text: string): PlaceIndex {
  let tokens: readonly Token[] = []
  try {
    tokens = scan({ text, path: undefined })
  } catch (error) {
    if (!isEvolveError(error)) throw error
  }
  return new IdlWalk(tokens)
}

class IdlWalk implements PlaceIndex {
  readonly #definitions = new Map<string, Token>()
  readonly #fields = new Map<string, Token>()
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    let outer = this.#isWord(0, 'namespace') ? nameIn(this.#tokens[1]) : ''
    let own: string | undefined
    while (this.#at < tokens.length) {
      own = this.#annotatedNamespace() ?? own
      const isNamed = this.#tokens[this.#at + 1]?.kind === 'word'
      if (this.#isWord(this.#at, 'protocol') && isNamed) {
        outer = namespaceOf(fullName(nameIn(this.#tokens[this.#at + 1]), own ?? ''))
        own = undefined
      } else if (DECLARES.has(this.#tokens[this.#at]?.text ?? '') && isNamed) {
        this.#declaration(own ?? outer)
        own = undefined
      } else if (this.#tokens[this.#at]?.text === ';') own = undefined
      this.#at += 1
    }
  }

  get types(): readonly string[] {
    return [...this.#definitions.keys()]
  }

  find(type: string, field?: string): Span | undefined {
    const name = this.#definitions.has(type) ? type : this.types.find((one) => unqualified(one) === unqualified(type))
    if (name === undefined) return undefined
    const token = (field === undefined ? undefined : this.#fields.get(`${name} ${field}`)) ?? this.#definitions.get(name)
    return token === undefined ? undefined : { start: token.offset, length: token.text.length }
  }

  #isWord(at: number, text: string): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'word' && token.text === text
  }

  /** The text of `@namespace("…")`, if it stands here. */
  #annotatedNamespace(): string | undefined {
    const value = this.#tokens[this.#at + 3]
    const isOne = this.#tokens[this.#at]?.text === '@' && this.#isWord(this.#at + 1, 'namespace') && value?.kind === 'string'
    return isOne ? value.text.slice(1, -1) : undefined
  }

  #declaration(namespace: string): void {
    const isRecord = this.#isWord(this.#at, 'record') || this.#isWord(this.#at, 'error')
    const token = this.#tokens[this.#at + 1] as Token
    const name = fullName(nameIn(token), namespace)
    if (!this.#definitions.has(name)) this.#definitions.set(name, token)
    this.#at += 1
    if (isRecord && this.#tokens[this.#at + 1]?.text === '{') this.#fieldsOf(name)
  }

  /** A field's name is the last word in front of `;`, `,` or `=` that is inside no brackets and no default. */
  #fieldsOf(record: string): void {
    this.#at += 2
    let [depth, inDefault] = [0, false]
    for (; this.#at < this.#tokens.length; this.#at += 1) {
      const token = this.#tokens[this.#at] as Token
      if (token.kind === 'sign' && CLOSES.has(token.text)) depth -= 1
      if (depth < 0) return
      if (token.kind === 'sign' && OPENS.has(token.text)) depth += 1
      if (depth > 0) continue
      const next = this.#tokens[this.#at + 1]
      if (token.kind === 'word' && !inDefault && next?.kind === 'sign' && [';', ',', '='].includes(next.text)) {
        const key = `${record} ${nameIn(token)}`
        if (!this.#fields.has(key)) this.#fields.set(key, token)
      }
      if (token.text === '=') inDefault = true
      else if (token.text === ';' || token.text === ',') inDefault = false
    }
  }
}

function nameIn(token: Token | undefined): string {
  return token?.text.replaceAll('`', '') ?? ''
}
