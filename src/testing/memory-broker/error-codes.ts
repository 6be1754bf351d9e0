/** The errors by name. */
type ErrorName =
  | 'none'
  | 'offsetOutOfRange'
  | 'corruptMessage'
  | 'unknownTopicOrPartition'
  | 'messageTooLarge'
  | 'invalidTopic'
  | 'illegalGeneration'
  | 'inconsistentGroupProtocol'
  | 'unknownMemberId'
  | 'rebalanceInProgress'
  | 'topicAlreadyExists'
  | 'invalidPartitions'
  | 'invalidReplicationFactor'
  | 'invalidProducerEpoch'
  | 'invalidTransactionState'
  | 'invalidProducerIdMapping'
  | 'operationNotAttempted'
  | 'nonEmptyGroup'
  | 'groupIdNotFound'

/** The error codes of the Kafka protocol that this broker answers with (Kafka protocol guide, "Error Codes"). */
export const ERROR: Readonly<Record<ErrorName, number>> = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  invalidTopic: 17,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  invalidProducerEpoch: 47,
  invalidTransactionState: 48,
  invalidProducerIdMapping: 49,
  operationNotAttempted: 55,
  nonEmptyGroup: 68,
  groupIdNotFound: 69,
}
