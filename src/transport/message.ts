/** Which half of a Kafka message. */
export type MessageSide = 'key' | 'value'

/** Header values as Kafka clients for Node take them; a repeated header is an array. */
export type MessageHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>

/** A message that an application sends, before its key and value are encoded. */
export interface OutgoingMessage {
  readonly topic: string
  /** Position in the `messages` of the call, from 0. */
  readonly index: number
  /** The application's key; `undefined` where it gave none. */
  readonly key: unknown
  /** The application's value; `null` is a tombstone. */
  readonly value: unknown
  readonly headers: MessageHeaders | undefined
}

/** The same message with bytes for the sides that have a definition; a side without one is as the application gave it. */
export interface EncodedMessage {
  readonly key: unknown
  readonly value: unknown
  readonly headers: MessageHeaders | undefined
}

/** A message as a broker gave it. */
export interface IncomingMessage {
  readonly topic: string
  readonly partition: number
  /** 64-bit, in decimal. */
  readonly offset: string
  /** Milliseconds since 1970, in decimal. */
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: MessageHeaders | undefined
}

/** Which schema wrote one side of a message. */
export interface SchemaOrigin {
  readonly schemaId: number
}

/** What a decoded message keeps of the one it was read from. */
export interface MessageOrigin {
  /** The bytes as received, frame included. They are views of the client's receive buffer. */
  readonly raw: { readonly key: Buffer | null; readonly value: Buffer | null }
  /** Present when the key was decoded by a definition. */
  readonly key?: SchemaOrigin
  /** Present when the value was decoded by a definition; absent for a tombstone. */
  readonly value?: SchemaOrigin
}

/** The message with values for the sides that have a definition; the other side keeps its bytes. */
export interface DecodedMessage {
  readonly key: unknown
  readonly value: unknown
  readonly origin: MessageOrigin
}

/** A message that could not be decoded, on its way to a dead-letter topic: the original bytes, and headers that say where it comes from. */
export interface DeadLetter {
  readonly topic: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: MessageHeaders
}
