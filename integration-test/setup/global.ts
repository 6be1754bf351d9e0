import { startKafka } from 'kafka-evolve/broker'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of each broker of the Kafka that all integration tests share. */
    kafkaBrokers: string[]
    /** Where it comes from: `given`, `container` or `process`. */
    kafkaWay: string
  }
}

/** Starts one Kafka for all integration tests, says which, and stops it after the last of them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = Date.now()
  const kafka = await startKafka({ say: (line) => console.log(line) })
  console.log(`Kafka: ready at ${kafka.brokers.join(', ')} after ${((Date.now() - started) / 1000).toFixed(1)} s`)
  project.provide('kafkaBrokers', kafka.brokers)
  project.provide('kafkaWay', kafka.way)
  return () => kafka.stop()
}
