import { type Logger, pino } from 'pino'
import { wrapConsumer } from './adapters/kafkajs/consumer.ts'
import { wrapProducer } from './adapters/kafkajs/producer.ts'
import type {
  EvolvedConsumer,
  EvolvedProducer,
  KafkajsConsumer,
  KafkajsConsumerOptions,
  KafkajsProducer,
  TopicName,
} from './adapters/kafkajs/types.ts'
import type { Definition, InOf, OutOf } from './codec/codec.ts'
import { EvolveError } from './errors.ts'
import type { PausedPartition } from './middleware/outage.ts'
import { createPipeline, type MiddlewareOptions } from './middleware/pipeline.ts'
import type { UndecodableCount } from './middleware/undecodable.ts'
import { remembering } from './registry/cached/cached-registry.ts'
import type { Registry, SubjectVersion } from './registry/types.ts'
import type { Deserializer } from './serde/deserializer.ts'
import type { Serializer } from './serde/serializer.ts'
import { createSubjectVersions } from './serde/subject-versions.ts'
import { createTopicSerdes, type SideSerde, type Topics } from './serde/topics.ts'
import { createWriterSchemas } from './serde/writer-schemas.ts'
import type { MessageSide } from './transport/message.ts'

/** Options of {@link evolve}. */
export interface EvolveOptions<T extends Topics> {
  /** Where schemas come from. Its answers are cached here, unless it is a `cachedRegistry` with options of your own. */
  readonly registry: Registry
  /** What each topic holds. Topics that are not named pass through untouched. */
  readonly topics: T
  /**
   * Whether a schema that is not registered under the output subject is registered when a message is sent. Default `false`: sending is then an
   * error, and {@link Schemas.register} is a step of the deployment.
   */
  readonly autoRegister?: boolean
  /** Where to log. Default: a pino of its own, level `warn`. Payloads are never logged. */
  readonly logger?: Logger
  /** Your functions around the encoding and decoding of each message of a configured topic. */
  readonly middleware?: MiddlewareOptions
}

/** The definition of one side of a topic. */
export type DefinitionOf<T extends Topics, Name extends TopicName<T>, Side extends MessageSide> =
  T[Name] extends Readonly<Record<Side, infer D extends Definition>> ? D : never

/** The configured topics, ready for use. */
export interface Schemas<T extends Topics> {
  /** The kafkajs producer, encoding what the configured topics hold. */
  producer(producer: KafkajsProducer): EvolvedProducer<T>
  /** The kafkajs consumer, decoding what the configured topics hold. @throws EvolveError `invalid-options`. */
  consumer(consumer: KafkajsConsumer, options?: KafkajsConsumerOptions): EvolvedConsumer<T>
  /**
   * Registers every definition under its subject: the step of a deployment. In the order of `topics`, keys before values.
   * @throws EvolveError `incompatible-registration`, `invalid-schema`, or a registry failure; what was registered before it stays.
   */
  register(): Promise<readonly SubjectVersion[]>
  /** The serializer of one side of a topic, without a client. @throws EvolveError `invalid-options` when that side has no definition. */
  serializer<Name extends TopicName<T>, Side extends MessageSide>(topic: Name, side: Side): Serializer<InOf<DefinitionOf<T, Name, Side>>>
  /** The deserializer of one side of a topic, without a client. @throws EvolveError `invalid-options` when that side has no definition. */
  deserializer<Name extends TopicName<T>, Side extends MessageSide>(
    topic: Name,
    side: Side,
  ): Deserializer<OutOf<DefinitionOf<T, Name, Side>>>
  /** What consumers left out because it could not be decoded, by topic. */
  undecodable(): Readonly<Record<string, Readonly<UndecodableCount>>>
  /** The partitions that consumers have paused because a schema cannot be looked up. */
  paused(): readonly PausedPartition[]
  /** Closes the registry. Producers and consumers are yours to disconnect. */
  close(): Promise<void>
}

/**
 * Binds topics to schemas: producers and consumers wrapped by the result send and receive values of the definitions, with a schema ID in front
 * of each message.
 * @throws EvolveError `invalid-options`.
 */
export function evolve<const T extends Topics>(options: EvolveOptions<T>): Schemas<T> {
  if (typeof options?.registry?.schemaById !== 'function') throw new EvolveError('invalid-options', 'evolve needs a registry')
  if (typeof options.topics !== 'object' || options.topics === null) throw new EvolveError('invalid-options', 'evolve needs topics')
  const { topics, autoRegister = false, logger = pino({ name: 'kafka-evolve', level: 'warn' }), middleware = {} } = options
  const registry = remembering(options.registry)
  const versions = createSubjectVersions(registry, { autoRegister, logger })
  const serdes = createTopicSerdes(topics, { writers: createWriterSchemas(registry), versions, logger })
  const counts = new Map<string, UndecodableCount>()
  const pipeline = createPipeline(serdes, middleware, { logger, counts })

  const sideOf = (topic: string, side: MessageSide): SideSerde => {
    const serde = serdes.get(topic)?.[side]
    if (serde === undefined) throw new EvolveError('invalid-options', `topic ${topic} has no definition of its ${side}`, { topic, side })
    return serde
  }

  return {
    producer: (producer) => wrapProducer<T>(pipeline, producer),
    consumer: (consumer, consumerOptions) => wrapConsumer<T>(pipeline, consumer, consumerOptions),
    register: async () => {
      const registered: SubjectVersion[] = []
      for (const { topic, key, value } of serdes.values()) {
        for (const side of [key, value]) {
          if (side === undefined) continue
          const version = await versions.register(side.subject, side.definition.schema, side.definition.source)
          logger.info({ topic, subject: version.subject, version: version.version, schemaId: version.id }, 'schema registered')
          registered.push(version)
        }
      }
      return registered
    },
    serializer: (topic, side) => sideOf(topic, side).serializer,
    deserializer: (topic, side) => sideOf(topic, side).deserializer as Deserializer<never>,
    undecodable: () => Object.fromEntries([...counts].map(([topic, count]) => [topic, { ...count }])),
    paused: () =>
      [...pipeline.paused].map(({ topic, partition, offset, schemaId, since, failures, code }) => {
        return { topic, partition, offset, schemaId, since, failures, code }
      }),
    close: () => registry.close(),
  }
}
