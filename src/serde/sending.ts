import type { OutputSchema, UnknownFieldEvent, UnknownFieldPolicy } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import type { MessageSide } from '../transport/message.ts'
import type { MessagePlace } from './place.ts'

/** What happened to unknown data of a message being sent. */
export interface SentUnknownFields extends UnknownFieldEvent, MessagePlace {
  readonly topic: string
  readonly side: MessageSide
}

/** How values of a topic are written. */
export interface SendingOptions {
  /**
   * What is done with data that this service does not know. `'preserve'` keeps it or throws; `'strict'` also throws where the outcome is a matter of choice,
   * and refuses to read symbols that it could only show as the default; `'drop'` leaves it out on purpose: for trust boundaries. Default `'preserve'`.
   */
  readonly unknownFields?: UnknownFieldPolicy
  /**
   * The schema to write in. `'auto'`: the writer's for what came from it, the topic's own definition otherwise and where the writer's cannot say an edit but the
   * definition loses nothing; `'writer'`: the same without that way out; `'reader'`: always the definition's; `'merged'`: as `'auto'`, and where neither says
   * all, the writer's schema with the fields that only the definition has, registered where `autoRegister` allows. Default `'auto'`.
   */
  readonly output?: OutputSchema
  /** A number that the writer's narrower type cannot hold exactly: an error, or rounded where it is in range. Default `'error'`. */
  readonly narrowing?: 'error' | 'round'
  /** Told of each record with unknown data in what is sent. Makes sending slower, but for `'drop'`. */
  readonly onUnknownFields?: (event: SentUnknownFields) => void
}

/** {@link SendingOptions} with their defaults. */
export interface Sending {
  readonly policy: UnknownFieldPolicy
  readonly output: OutputSchema
  readonly narrowing: 'error' | 'round'
  readonly onUnknownFields: ((event: SentUnknownFields) => void) | undefined
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  unknownFields: ['preserve', 'strict', 'drop'],
  output: ['auto', 'writer', 'reader', 'merged'],
  narrowing: ['error', 'round'],
}

/** @throws EvolveError `invalid-options`. */
export function sendingOf(options: SendingOptions, topic: string): Sending {
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const given = (options as Readonly<Record<string, unknown>>)[name]
    if (given !== undefined && !allowed.includes(given as string))
      throw new EvolveError('invalid-options', `${name} of topic ${topic} is one of ${allowed.join(', ')}`, { topic })
  }
  const { unknownFields = 'preserve', output = 'auto', narrowing = 'error', onUnknownFields } = options
  return { policy: unknownFields, output, narrowing, onUnknownFields }
}
