import { type AvroChoices, type Choices, choicesOf } from '../codec/avro/choices.ts'
import type { UnknownFieldPolicy } from '../codec/codec.ts'

/** How the values of requests, responses and errors look, and what is done with unknown fields in those that are sent. */
export interface ValueOptions extends AvroChoices {
  /**
   * What a peer reads is written under our protocol, which has no place for fields that a value brought from elsewhere: `'preserve'`
   * refuses such a value (`unknown-field-loss`), `'drop'` leaves them out. Default `'preserve'`.
   */
  readonly policy?: UnknownFieldPolicy
}

/** {@link ValueOptions}, checked. */
export interface ValueForm {
  readonly choices: Choices
  readonly policy: UnknownFieldPolicy
}

/** The checked form of options. @throws EvolveError `invalid-options`. */
export function valueForm(options: ValueOptions): ValueForm {
  return { choices: choicesOf(options), policy: options.policy ?? 'preserve' }
}
