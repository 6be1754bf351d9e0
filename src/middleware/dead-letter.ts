import type { EvolveError } from '../errors.ts'
import type { DeadLetter, IncomingMessage, MessageHeaders } from '../transport/message.ts'

/** The dead-letter topic of a topic where none is named: `<topic>-dlt`, as Spring names it. */
export const deadLetterTopicOf = (topic: string): string => `${topic}-dlt`

/**
 * The message as a dead letter: key, value and headers as received, and the headers of Spring Kafka's `DeadLetterPublishingRecoverer`
 * (names and binary forms: partition 4 bytes, offset and timestamp 8 bytes, big-endian). `kafka-evolve-error-code` is ours.
 * A header that is there already is kept, ours comes after it.
 */
export function deadLetterOf(message: IncomingMessage, error: EvolveError, topic: string, consumerGroup: string | undefined): DeadLetter {
  const exception = error.details.side === 'key' ? 'kafka_dlt-key-exception' : 'kafka_dlt-exception'
  const origin: Record<string, Buffer | undefined> = {
    'kafka_dlt-original-topic': Buffer.from(message.topic),
    'kafka_dlt-original-partition': int32(message.partition),
    'kafka_dlt-original-offset': int64(message.offset),
    'kafka_dlt-original-timestamp': int64(message.timestamp),
    'kafka_dlt-original-consumer-group': consumerGroup === undefined ? undefined : Buffer.from(consumerGroup),
    [`${exception}-fqcn`]: Buffer.from(`kafka-evolve.${error.name}`),
    [`${exception}-message`]: Buffer.from(error.message),
    'kafka-evolve-error-code': Buffer.from(error.code),
  }
  return { topic, key: message.key, value: message.value, headers: appended(message.headers ?? {}, origin) }
}

function appended(headers: MessageHeaders, more: Readonly<Record<string, Buffer | undefined>>): MessageHeaders {
  const all = new Map(Object.entries(headers))
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) continue
    const before = all.get(name)
    all.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value])
  }
  return Object.fromEntries(all)
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** Kafka writes -1 for a timestamp that is not there. */
function int64(decimal: string): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(/^-?\d{1,18}$/.test(decimal) ? BigInt(decimal) : -1n)
  return bytes
}
