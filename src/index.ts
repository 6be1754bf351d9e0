export type {
  EvolvedBatch,
  EvolvedBatchPayload,
  EvolvedConsumer,
  EvolvedMessage,
  EvolvedMessagePayload,
  EvolvedOutgoing,
  EvolvedProducer,
  EvolvedRunConfig,
  EvolvedTransaction,
  KafkajsConsumerOptions,
  KafkajsDeadLetterOptions,
  OutgoingOf,
  TopicName,
} from './adapters/kafkajs/types.ts'
export type { AvroDefinition } from './codec/avro/codec.ts'
export { type AvroDefinitionOptions, avro } from './codec/avro/definition.ts'
export { type Definition, type InOf, type OutOf, type UnknownFieldSet, unknownFields } from './codec/codec.ts'
export {
  type CompatibilityProblem,
  type ErrorCode,
  type ErrorDetails,
  EvolveError,
  isEvolveError,
  type LossReason,
  type SchemaLabel,
} from './errors.ts'
export { type DefinitionOf, type EvolveOptions, evolve, type Schemas } from './evolve.ts'
export { type Frame, frameId, frameLength, hasFrame, readFrame, writeFrame } from './frame/confluent.ts'
export type { Handler, Middleware } from './middleware/compose.ts'
export type { ConsumeMiddleware, ProduceMiddleware } from './middleware/message.ts'
export type { PausedPartition } from './middleware/outage.ts'
export type { MiddlewareOptions } from './middleware/pipeline.ts'
export { isUndecodable, type UndecodableCount } from './middleware/undecodable.ts'
export type { RegisteredSchema, Registry, SubjectVersion } from './registry/types.ts'
export type { SchemaFormat, SchemaReference, SchemaText } from './schema/text.ts'
export type { Deserializer } from './serde/deserializer.ts'
export type { SendingOptions, SentUnknownFields } from './serde/sending.ts'
export type { Serializer } from './serde/serializer.ts'
export { recordNameStrategy, type SubjectNameStrategy, topicNameStrategy, topicRecordNameStrategy } from './serde/subject.ts'
export type { SubjectName, TopicOptions, Topics } from './serde/topics.ts'
export type {
  DecodedMessage,
  EncodedMessage,
  IncomingMessage,
  MessageHeaders,
  MessageOrigin,
  MessageSide,
  OutgoingMessage,
  SchemaOrigin,
} from './transport/message.ts'
