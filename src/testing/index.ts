export { type InMemoryKafkaOptions, inMemoryKafka } from './in-memory-kafka.ts'
export {
  type EqualityContext,
  type EqualityTester,
  ignoreUnknownFields,
  unknownFieldsEqualityTester,
  withoutUnknownFields,
} from './unknown-fields.ts'
