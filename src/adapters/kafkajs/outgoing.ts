import type { Message } from 'kafkajs'
import { whenReady } from '../../middleware/compose.ts'
import type { Encode } from '../../middleware/pipeline.ts'
import type { EncodedMessage, MessageHeaders } from '../../transport/message.ts'

/**
 * The messages as kafkajs takes them: new objects with encoded sides for a configured topic, the caller's own where there is nothing to change.
 * A promise only when a schema ID has to be asked for.
 */
export function encodeMessages(topic: string, messages: Message[], encode: Encode | undefined): Message[] | Promise<Message[]> {
  // kafkajs has its own errors for messages that are none.
  if (!Array.isArray(messages)) return messages
  if (encode === undefined) return messages.some(hasForeignBytes) ? messages.map(withBuffers) : messages
  return all(messages, (message, index) => encodeOne(topic, message, index, encode))
}

function encodeOne(topic: string, message: Message, index: number, encode: Encode): Message | Promise<Message> {
  if (typeof message !== 'object' || message === null) return message
  const { key, value, headers } = message
  return whenReady(encode({ topic, index, key, value, headers }), (encoded) => withSides(message, encoded))
}

/** A message may be of a class: what kafkajs reads is asked for by name, and what is not there is not put there. */
function withSides(message: Message, { key, value, headers }: EncodedMessage): Message {
  const { partition, timestamp } = message
  const sides = { ...message, value: asBuffer(value) } as Message
  if (key !== undefined) sides.key = asBuffer(key) as NonNullable<Message['key']>
  else if ('key' in sides) delete sides.key
  if (headers !== undefined) sides.headers = headersWithBuffers(headers)
  else if ('headers' in sides) delete sides.headers
  if (partition !== undefined) sides.partition = partition
  if (timestamp !== undefined) sides.timestamp = timestamp
  return sides
}

/** All results in order; a promise only where one of them is. The first error stops the encoding, and none stays unheard. */
export function all<A, B>(items: readonly A[], map: (item: A, index: number) => B | Promise<B>): B[] | Promise<B[]> {
  const results: (B | Promise<B>)[] = []
  let waiting = false
  for (let index = 0; index < items.length; index++) {
    try {
      const result = map(items[index] as A, index)
      waiting ||= result instanceof Promise
      results.push(result)
    } catch (error) {
      if (!waiting) throw error
      results.push(Promise.reject(error))
      break
    }
  }
  return waiting ? Promise.all(results) : (results as B[])
}

/** kafkajs turns a `Uint8Array` that is no Buffer into the text of its numbers, without a word. */
function isForeign(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && !Buffer.isBuffer(value)
}

function hasForeignBytes(message: Message): boolean {
  if (typeof message !== 'object' || message === null) return false
  if (isForeign(message.key) || isForeign(message.value)) return true
  return message.headers !== undefined && hasForeignHeader(message.headers)
}

function hasForeignHeader(headers: MessageHeaders): boolean {
  return Object.values(headers ?? {}).some((value) => isForeign(value) || (Array.isArray(value) && value.some(isForeign)))
}

function withBuffers(message: Message): Message {
  if (!hasForeignBytes(message)) return message
  return withSides(message, { key: message.key, value: message.value, headers: message.headers })
}

function headersWithBuffers(headers: MessageHeaders): MessageHeaders {
  if (!hasForeignHeader(headers)) return headers
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(asBuffer) : asBuffer(value)]),
  ) as MessageHeaders
}

/** The same memory as a Buffer. */
function asBuffer(value: unknown): unknown {
  return isForeign(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}
