import { type Consumer, type ConsumerConfig, Kafka, type KafkaConfig, logLevel, Partitioners, type Producer } from 'kafkajs'

/** Gives up on a broker that is gone after a few seconds, in place of kafkajs' half minute. */
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 6 }

/** A kafkajs client that keeps its log to itself: what matters comes as an error. */
export function quietKafka(clientId: string, brokers: readonly string[]): Kafka {
  const config: KafkaConfig = {
    clientId,
    brokers: [...brokers],
    retry,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 8_000,
  }
  return new Kafka(config)
}

/** A producer with the partitioner that other clients share. */
export function quietProducer(kafka: Kafka): Producer {
  return kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false })
}

/** A consumer that notices a change of its group at once, and that ends, in place of starting over, when it cannot go on. */
export function promptConsumer(kafka: Kafka, groupId: string): Consumer {
  const config: ConsumerConfig = {
    groupId,
    maxWaitTimeInMs: 50,
    heartbeatInterval: 200,
    sessionTimeout: 6_000,
    rebalanceTimeout: 15_000,
    allowAutoTopicCreation: false,
    retry: { ...retry, restartOnFailure: async () => false },
  }
  return kafka.consumer(config)
}

/** Calls back when the consumer dies for good, and no call would ever say so. */
export function onCrash(consumer: Consumer, report: (error: Error) => void): void {
  consumer.on(consumer.events.CRASH, ({ payload }) => report(payload.error))
}
