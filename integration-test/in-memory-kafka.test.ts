import { inMemoryKafka } from 'kafka-evolve/testing'
import { Kafka, logLevel } from 'kafkajs'
import { describe, inject, it } from 'vitest'
import { kafkaCases } from './cases/kafka-cases.ts'
import { runCase } from './cases/kit.ts'

describe('the Kafka in memory', () => {
  it.each(kafkaCases)('$name', (one) => runCase(inMemoryKafka({ client: { logLevel: logLevel.NOTHING } }), one))
})

describe('a real Kafka', () => {
  const real = (): Kafka => new Kafka({ brokers: inject('kafkaBrokers'), logLevel: logLevel.NOTHING, connectionTimeout: 30_000 })
  it.each(kafkaCases)('$name', (one) => runCase(real(), one))
})
