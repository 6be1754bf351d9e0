import type { Producer, ProducerBatch, ProducerRecord, RecordMetadata, Transaction } from 'kafkajs'
import type { Encode, MessagePipeline } from '../../middleware/pipeline.ts'
import type { Topics } from '../../serde/topics.ts'
import { delegateTo } from './delegate.ts'
import { all, encodeMessages } from './outgoing.ts'
import type { EvolvedProducer } from './types.ts'

type Encoders = ReadonlyMap<string, Encode>
type Sender = Pick<Producer, 'send' | 'sendBatch'>

/** The kafkajs producers behind wrapped ones. */
const originals = new WeakMap<object, Producer>()

/** The producer with `send`, `sendBatch` and `transaction` encoding what the configured topics hold; the rest is the producer's own. */
export function wrapProducer<T extends Topics>(pipeline: MessagePipeline, producer: Producer): EvolvedProducer<T> {
  const { encoders } = pipeline
  const wrapped = delegateTo(producer, {
    ...encodingSender(encoders, producer),
    transaction: async (): Promise<Transaction> => {
      const transaction = await producer.transaction()
      return delegateTo(transaction, encodingSender(encoders, transaction))
    },
  })
  originals.set(wrapped, producer)
  return wrapped as unknown as EvolvedProducer<T>
}

/** What sends bytes as they are: the kafkajs producer behind a wrapped one, or the given one. */
export function rawSender(producer: Pick<Producer, 'send'>): Pick<Producer, 'send'> {
  const original = originals.get(producer)
  return original === undefined ? producer : rawSender(original)
}

function encodingSender(encoders: Encoders, sender: Sender): Sender {
  return {
    send: async (record) => sendRecord(encoders, sender, record),
    sendBatch: async (batch) => sendBatch(encoders, sender, batch),
  }
}

function sendRecord(encoders: Encoders, sender: Sender, record: ProducerRecord): Promise<RecordMetadata[]> {
  // What is no record or batch at all is left for kafkajs to refuse.
  if (typeof record !== 'object' || record === null) return sender.send(record)
  const { topic } = record
  const messages = encodeMessages(topic, record.messages, encoders.get(topic))
  if (messages === record.messages) return sender.send(record)
  if (messages instanceof Promise) return messages.then((encoded) => sender.send({ ...record, messages: encoded }))
  return sender.send({ ...record, messages })
}

function sendBatch(encoders: Encoders, sender: Sender, batch: ProducerBatch): Promise<RecordMetadata[]> {
  const topicMessages = batch?.topicMessages
  if (!Array.isArray(topicMessages) || topicMessages.some((entry) => typeof entry !== 'object' || entry === null))
    return sender.sendBatch(batch)
  const encoded = all(topicMessages, ({ topic, messages }) => encodeMessages(topic, messages, encoders.get(topic)))
  if (!(encoded instanceof Promise) && encoded.every((messages, index) => messages === topicMessages[index]?.messages))
    return sender.sendBatch(batch)
  const send = (lists: (typeof topicMessages)[number]['messages'][]): Promise<RecordMetadata[]> =>
    sender.sendBatch({
      ...batch,
      topicMessages: topicMessages.map((entry, index) => ({ ...entry, messages: lists[index] ?? entry.messages })),
    })
  return encoded instanceof Promise ? encoded.then(send) : send(encoded)
}
