export { startKafka } from './start.ts'
export type { BrokerWay, KafkaCluster, KafkaNode, KafkaOptions } from './types.ts'
