import { adminCases } from './admin-cases.ts'
import { consumerCases } from './consumer-cases.ts'
import { groupCases } from './group-cases.ts'
import type { KafkaCase } from './kit.ts'
import { producerCases } from './producer-cases.ts'
import { transactionCases } from './transaction-cases.ts'

/** What every Kafka does that this package is used with: run against the one in memory and against a real broker. */
export const kafkaCases: readonly KafkaCase[] = [...producerCases, ...consumerCases, ...groupCases, ...transactionCases, ...adminCases]
