import type { Message, Producer, ProducerBatch, ProducerRecord, Sender, Transaction } from 'kafkajs'
import { EvolveError } from '../errors.ts'

/**
 * A producer that refuses a `Uint8Array` as key, value or header unless it is a `Buffer`: kafkajs takes it and writes its digits
 * as text, `1,2,3`, which a test should not get away with.
 */
export function refuseRawBytes(producer: Producer): Producer {
  return {
    ...producer,
    ...checkedSender(producer),
    async transaction(): Promise<Transaction> {
      const transaction = await producer.transaction()
      return { ...transaction, ...checkedSender(transaction) }
    },
  }
}

function checkedSender(sender: Sender): Sender {
  return {
    async send(record: ProducerRecord) {
      checkMessages(record.topic, record.messages)
      return sender.send(record)
    },
    async sendBatch(batch: ProducerBatch) {
      for (const { topic, messages } of batch.topicMessages ?? []) checkMessages(topic, messages)
      return sender.sendBatch(batch)
    },
  }
}

/** What is no list of messages at all is left for kafkajs to refuse. */
function checkMessages(topic: string, messages: readonly Message[]): void {
  if (!Array.isArray(messages)) return
  for (const [messageIndex, message] of (messages as readonly Message[]).entries()) {
    const headers: unknown[] = Object.values(message.headers ?? {}).flat()
    for (const [what, value] of [['key', message.key], ['value', message.value], ...headers.map((header) => ['header', header])]) {
      if (!(value instanceof Uint8Array) || Buffer.isBuffer(value)) continue
      const side = what === 'header' ? undefined : (what as 'key' | 'value')
      const hint = 'make it a Buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)'
      throw new EvolveError('invalid-value', `a ${what} is a Uint8Array, which kafkajs writes as text`, { topic, messageIndex, side, hint })
    }
  }
}
