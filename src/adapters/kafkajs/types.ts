import type {
  Batch,
  Consumer,
  ConsumerRunConfig,
  EachBatchPayload,
  EachMessagePayload,
  KafkaMessage,
  Message,
  Producer,
  ProducerBatch,
  ProducerRecord,
  RecordMetadata,
  Transaction,
} from 'kafkajs'
import type { Definition, InOf, OutOf } from '../../codec/codec.ts'
import type { TopicOptions, Topics } from '../../serde/topics.ts'
import type { MessageOrigin } from '../../transport/message.ts'

export type { Consumer as KafkajsConsumer, Producer as KafkajsProducer } from 'kafkajs'

/** What kafkajs takes for a key or a value; a `Uint8Array` is made a Buffer. */
export type RawIn = Buffer | Uint8Array | string | null

type KeyIn<O extends TopicOptions> = O extends { readonly key: infer D extends Definition } ? InOf<D> | null : RawIn
type ValueIn<O extends TopicOptions> = O extends { readonly value: infer D extends Definition } ? InOf<D> | null : RawIn

type KeyOut<O extends TopicOptions> = O extends { readonly key: infer D extends Definition } ? OutOf<D> | null : Buffer | null
type ValueOut<O extends TopicOptions> = O extends { readonly value: infer D extends Definition }
  ? O extends { readonly tombstones: true }
    ? OutOf<D> | null
    : OutOf<D>
  : Buffer | null

/** A message to a configured topic: kafkajs' own, with the types of the topic's definitions. `null` is a tombstone. */
export interface EvolvedOutgoing<O extends TopicOptions> extends Omit<Message, 'key' | 'value'> {
  key?: KeyIn<O>
  value: ValueIn<O>
}

/** The names of the configured topics. */
export type TopicName<T extends Topics> = keyof T & string

/** What `send` takes for a topic: typed where the topic is configured, as in kafkajs where it is not, either where its name is not known. */
export type OutgoingOf<T extends Topics, Topic extends string> = string extends Topic
  ? Message | { [Name in TopicName<T>]: EvolvedOutgoing<T[Name]> }[TopicName<T>]
  : Topic extends TopicName<T>
    ? EvolvedOutgoing<T[Topic]>
    : Message

/** kafkajs' `ProducerRecord` with typed messages. */
export interface EvolvedRecord<T extends Topics, Topic extends string> extends Omit<ProducerRecord, 'topic' | 'messages'> {
  topic: Topic
  messages: readonly OutgoingOf<T, Topic>[]
}

/** kafkajs' `TopicMessages` with typed messages. */
export interface EvolvedTopicMessages<T extends Topics, Topic extends string> {
  topic: Topic
  messages: readonly OutgoingOf<T, Topic>[]
}

/** kafkajs' `ProducerBatch` with typed messages, each entry by its own topic. */
export interface EvolvedProducerBatch<T extends Topics, Names extends readonly string[]> extends Omit<ProducerBatch, 'topicMessages'> {
  topicMessages?: { readonly [Index in keyof Names]: EvolvedTopicMessages<T, Names[Index]> }
}

/** `send` and `sendBatch` with typed messages. */
export interface EvolvedSender<T extends Topics> {
  /**
   * Encodes every message, then sends; when one cannot be encoded nothing is sent.
   * @throws EvolveError with topic, position of the message, side and field path; or what kafkajs throws.
   */
  send<Topic extends TopicName<T> | (string & {})>(record: EvolvedRecord<T, Topic>): Promise<RecordMetadata[]>
  /** The same over several topics. */
  sendBatch<Names extends readonly (TopicName<T> | (string & {}))[]>(batch: EvolvedProducerBatch<T, Names>): Promise<RecordMetadata[]>
}

/** A kafkajs `Transaction` with typed messages. */
export type EvolvedTransaction<T extends Topics> = Omit<Transaction, 'send' | 'sendBatch'> & EvolvedSender<T>

/** A kafkajs `Producer` with typed messages. */
export type EvolvedProducer<T extends Topics> = Omit<Producer, 'send' | 'sendBatch' | 'transaction'> &
  EvolvedSender<T> & { transaction(): Promise<EvolvedTransaction<T>> }

type WithoutSides<M> = M extends unknown ? Omit<M, 'key' | 'value'> : never

/** A consumed message: kafkajs' own with decoded key and value, and the bytes and schema IDs it came with. */
export type EvolvedMessage<O extends TopicOptions> = WithoutSides<KafkaMessage> & {
  readonly key: KeyOut<O>
  readonly value: ValueOut<O>
  /** The bytes as received and the schema IDs in front of them. */
  readonly evolve: MessageOrigin
}

/** kafkajs' `EachMessagePayload`, told apart by `topic`. Topics without definitions are configured as `{}`. */
export type EvolvedMessagePayload<T extends Topics> = {
  [Name in TopicName<T>]: Omit<EachMessagePayload, 'topic' | 'message'> & { topic: Name; message: EvolvedMessage<T[Name]> }
}[TopicName<T>]

/** kafkajs' `Batch`, told apart by `topic`. */
export type EvolvedBatch<T extends Topics> = {
  [Name in TopicName<T>]: Omit<Batch, 'topic' | 'messages'> & { topic: Name; messages: EvolvedMessage<T[Name]>[] }
}[TopicName<T>]

/** kafkajs' `EachBatchPayload` with a typed batch. */
export type EvolvedBatchPayload<T extends Topics> = Omit<EachBatchPayload, 'batch'> & { batch: EvolvedBatch<T> }

/** kafkajs' `ConsumerRunConfig` with typed handlers. */
export interface EvolvedRunConfig<T extends Topics> extends Omit<ConsumerRunConfig, 'eachMessage' | 'eachBatch'> {
  eachMessage?: (payload: EvolvedMessagePayload<T>) => Promise<void>
  eachBatch?: (payload: EvolvedBatchPayload<T>) => Promise<void>
}

declare const untyped: unique symbol

/** A kafkajs `Consumer` with typed handlers. */
export type EvolvedConsumer<T extends Topics> = Omit<Consumer, 'run'> & {
  run(config?: EvolvedRunConfig<T>): Promise<void>
  /** Never called: it makes the type assignable to kafkajs' `Consumer`, while a handler typed for raw bytes stays a compile error here. */
  run(config: ConsumerRunConfig & { readonly [untyped]: never }): Promise<void>
}

/** Where undecodable messages go. */
export interface KafkajsDeadLetterOptions {
  /** A connected producer, wrapped or not; the letters go out as the bytes they are. */
  readonly producer: Pick<Producer, 'send'>
  /** Default: `<topic>-dlt`. */
  readonly topic?: string | ((topic: string) => string)
}

/** Options of a consumer. */
export interface KafkajsConsumerOptions {
  /**
   * What to do with a message that cannot be decoded, now or later: `throw` (default: kafkajs tries again, nothing behind it is consumed),
   * `skip` it with a warning, or send it to a dead-letter topic. A registry that is down says nothing about a message: see `onRetriable`.
   */
  readonly onUndecodable?: 'throw' | 'skip' | { readonly deadLetter: KafkajsDeadLetterOptions }
  /**
   * What to do when the registry cannot be asked for the schema of a message (`registry-unavailable`, `registry-timeout`): `pause` (default) that
   * partition until it can, while others go on and the consumer stays in its group; or `throw`: kafkajs tries again, and after its last retry the
   * consumer leaves the group and joins it again.
   */
  readonly onRetriable?: 'pause' | 'throw'
  /** Milliseconds that a look-up may keep the handler before its partition is paused; default 1,000. */
  readonly pauseAfterMs?: number
  /** Milliseconds that a message may wait with its partition paused; after that its failure is thrown. Default: no limit. */
  readonly maxPauseMs?: number
}
