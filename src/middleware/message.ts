import { frameId } from '../frame/confluent.ts'
import type { MessagePlace } from '../serde/place.ts'
import type { SideSerde, TopicSerde } from '../serde/topics.ts'
import type { DecodedMessage, EncodedMessage, IncomingMessage, MessageOrigin, OutgoingMessage } from '../transport/message.ts'
import { both, type Handler, type Middleware } from './compose.ts'

/** Around the encoding of each message of a configured topic. */
export type ProduceMiddleware = Middleware<OutgoingMessage, EncodedMessage>

/** Around the decoding of each message of a configured topic; `undefined` leaves the message out: the application never sees it. */
export type ConsumeMiddleware = Middleware<IncomingMessage, DecodedMessage | undefined>

/** The innermost produce handler: encodes the sides that have a definition; an `undefined` side stays for the client to judge. */
export function encodeMessage(serde: TopicSerde): Handler<OutgoingMessage, EncodedMessage> {
  const encode = (side: SideSerde | undefined, given: unknown, index: number): unknown =>
    side === undefined || given === undefined ? given : side.serializer.serialize(given as never, { messageIndex: index })
  return (message) =>
    both(
      () => encode(serde.key, message.key, message.index),
      () => encode(serde.value, message.value, message.index),
      (key, value) => ({ key, value, headers: message.headers }),
    )
}

/** The innermost consume handler: decodes the sides that have a definition. */
export function decodeMessage(serde: TopicSerde): Handler<IncomingMessage, DecodedMessage | undefined> {
  const decode = (side: SideSerde | undefined, bytes: Buffer | null, place: MessagePlace): unknown =>
    side === undefined ? bytes : side.deserializer.deserialize(bytes, place)
  const originOf = ({ key, value }: IncomingMessage): MessageOrigin => ({
    raw: { key, value },
    ...(serde.key !== undefined && key !== null && { key: { schemaId: frameId(key) } }),
    ...(serde.value !== undefined && value !== null && { value: { schemaId: frameId(value) } }),
  })
  return (message) => {
    const place: MessagePlace = { partition: message.partition, offset: message.offset }
    return both(
      () => decode(serde.key, message.key, place),
      () => decode(serde.value, message.value, place),
      (key, value) => ({ key, value, origin: originOf(message) }),
    )
  }
}
