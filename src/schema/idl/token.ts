/** What the parser reads: words, literals and signs of Avro IDL, with the documentation that stands before each. */
export interface Token {
  /** `word` is an identifier or a keyword; `end` is the end of the text. */
  readonly kind: 'word' | 'string' | 'integer' | 'float' | 'sign' | 'end'
  /** As it stands in the text, with quotes and backticks. */
  readonly text: string
  /** Index into the text. */
  readonly offset: number
  /** Documentation comments between the token before and this one; the last one documents what begins here. */
  readonly docs: readonly DocComment[]
}

/** A documentation comment as it stands in the text. */
export interface DocComment {
  readonly text: string
  readonly offset: number
}
