import { docText } from './doc.ts'
import { describePlace, failAt, type Place, type Source } from './place.ts'
import { scan } from './scan.ts'
import type { DocComment, Token } from './token.ts'

/** Steps through the tokens of one text. */
export class Cursor {
  readonly source: Source
  readonly #tokens: readonly Token[]
  readonly #used = new Set<DocComment>()
  #at = 0

  constructor(source: Source) {
    this.source = source
    this.#tokens = scan(source)
  }

  /** The token that comes next, or one behind it; beyond the end it is the end. */
  peek(ahead: number = 0): Token {
    return (this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)) as Token
  }

  next(): Token {
    const token = this.peek()
    this.#at += 1
    return token
  }

  isSign(text: string, ahead: number = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'sign' && token.text === text
  }

  /** True for a keyword or identifier as it stands in the text: `` `int` `` is no `int`. */
  isWord(text: string, ahead: number = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'word' && token.text === text
  }

  takeSign(text: string): boolean {
    if (!this.isSign(text)) return false
    this.#at += 1
    return true
  }

  expectSign(text: string): Token {
    return this.isSign(text) ? this.next() : this.failExpecting(`"${text}"`)
  }

  expect(kind: 'string' | 'integer' | 'word', what: string): Token {
    return this.peek().kind === kind ? this.next() : this.failExpecting(what)
  }

  /** An identifier without its backticks; every keyword is one too. */
  identifier(what: string): { readonly name: string; readonly place: Place } {
    const token = this.expect('word', what)
    return { name: token.text.replaceAll('`', ''), place: this.placeOf(token) }
  }

  placeOf(token: Token): Place {
    return { source: this.source, offset: token.offset }
  }

  /** The documentation that stands directly before a token. */
  doc(token: Token): string | undefined {
    const comment = token.docs.at(-1)
    if (comment === undefined) return undefined
    this.#used.add(comment)
    return docText(comment.text)
  }

  /** What is said about documentation comments that document nothing. */
  warnings(): string[] {
    const unused = this.#tokens.flatMap((token) => token.docs).filter((comment) => !this.#used.has(comment))
    return unused.map(({ offset }) => `documentation that belongs to nothing is dropped, ${describePlace({ source: this.source, offset })}`)
  }

  failExpecting(what: string): never {
    const token = this.peek()
    const found = token.kind === 'end' ? 'the text ends' : `${token.text.slice(0, 40)} stands there`
    return failAt(this.placeOf(token), `expected ${what}, but ${found}`)
  }
}
