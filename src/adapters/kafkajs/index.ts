export { wrapConsumer } from './consumer.ts'
export { wrapProducer } from './producer.ts'
export type {
  EvolvedBatch,
  EvolvedBatchPayload,
  EvolvedConsumer,
  EvolvedMessage,
  EvolvedMessagePayload,
  EvolvedOutgoing,
  EvolvedProducer,
  EvolvedProducerBatch,
  EvolvedRecord,
  EvolvedRunConfig,
  EvolvedSender,
  EvolvedTopicMessages,
  EvolvedTransaction,
  KafkajsConsumer,
  KafkajsConsumerOptions,
  KafkajsDeadLetterOptions,
  KafkajsProducer,
  OutgoingOf,
  RawIn,
  TopicName,
} from './types.ts'
