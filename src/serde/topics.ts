import type { Definition } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import type { MessageSide } from '../transport/message.ts'
import { createDeserializer, type FindingDeserializer } from './deserializer.ts'
import { type SendingOptions, sendingOf } from './sending.ts'
import { createSerializer, type Serializer } from './serializer.ts'
import type { SerdeContext, TopicSide } from './side.ts'
import { type SubjectNameStrategy, topicNameStrategy } from './subject.ts'

/** A subject by name, or how to name it. */
export type SubjectName = string | SubjectNameStrategy

/** What a topic holds. A side without a definition is not touched: bytes and strings, as the client library has them. */
export interface TopicOptions extends SendingOptions {
  readonly key?: Definition
  readonly value?: Definition
  /** Says that values may be `null` (a compacted topic); it only makes the type of a consumed value say so. Default `false`. */
  readonly tombstones?: boolean
  /**
   * Subject of the schemas: for both sides, or for each. A name alone is enough where one side has a definition.
   * Default {@link topicNameStrategy}.
   */
  readonly subject?: SubjectName | { readonly key?: SubjectName; readonly value?: SubjectName }
}

/** The configured topics, by name. */
export type Topics = Readonly<Record<string, TopicOptions>>

/** One side of a topic, ready for use. */
export interface SideSerde {
  readonly subject: string
  readonly definition: Definition
  readonly isStrict: boolean
  readonly serializer: Serializer
  readonly deserializer: FindingDeserializer
}

/** A configured topic. */
export interface TopicSerde {
  readonly topic: string
  readonly key: SideSerde | undefined
  readonly value: SideSerde | undefined
}

/**
 * Makes the serializers and deserializers of all topics.
 * @throws EvolveError `invalid-options` for a definition that is none, or one subject name for two sides.
 */
export function createTopicSerdes(topics: Topics, context: SerdeContext): ReadonlyMap<string, TopicSerde> {
  const side = (topic: string, name: MessageSide, options: TopicOptions): SideSerde | undefined => {
    const definition = options[name]
    if (definition === undefined) return undefined
    if (!isDefinition(definition))
      throw new EvolveError('invalid-options', `the ${name} of topic ${topic} is not a definition, such as avro() gives`, {
        topic,
        side: name,
      })
    const sending = sendingOf(options, topic)
    const of: TopicSide = { topic, side: name, subject: subjectOf(topic, name, definition, options), definition, sending, ...context }
    const reads = sending.policy === 'strict' ? (definition.codec.strict?.(definition) ?? definition) : definition
    return {
      subject: of.subject,
      definition,
      isStrict: sending.policy === 'strict',
      serializer: createSerializer(of),
      deserializer: createDeserializer({ ...of, definition: reads }),
    }
  }
  const serde = (topic: string, options: TopicOptions): TopicSerde => ({
    topic,
    key: side(topic, 'key', options),
    value: side(topic, 'value', options),
  })
  return new Map(Object.entries(topics).map(([topic, options]) => [topic, serde(topic, options)]))
}

function subjectOf(topic: string, side: MessageSide, definition: Definition, { subject, key, value }: TopicOptions): string {
  if (typeof subject === 'string' && key !== undefined && value !== undefined) {
    throw new EvolveError('invalid-options', `topic ${topic} has two definitions and one subject name`, {
      topic,
      hint: 'name the subject of each: `subject: { key, value }`',
    })
  }
  const name = typeof subject === 'object' ? subject[side] : subject
  if (typeof name === 'string') return name
  return (name ?? topicNameStrategy)(topic, side, definition.name)
}

function isDefinition(given: unknown): given is Definition {
  return typeof given === 'object' && given !== null && 'codec' in given && 'schema' in given && 'source' in given
}
