import type { Kafka } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import type { SchemaValidator } from '../admit.ts'
import { checkId } from '../checks.ts'
import { type CompatibilityLevel, isCompatibilityLevel } from '../compatibility/levels.ts'
import { notALevel } from '../settings/config.ts'
import type { UnknownTopicRecord } from './replay.ts'

/** Where a registry tells what happens to it: pino's loggers fit. */
export interface RegistryLogger {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** How long is waited, in milliseconds. */
export interface KafkaRegistryTimeouts {
  /** For the topic to be checked and read to its end when the registry is opened. Default 30,000. */
  readonly startMs?: number
  /** For a change to be made, all attempts included. Default 15,000. */
  readonly writeMs?: number
  /** For one answer of a broker while writing. Default 5,000. */
  readonly requestMs?: number
  /** For a look at the end of the topic when something is not found. Default 500. */
  readonly catchUpMs?: number
  /** After which a reader that shows no sign of life is replaced. Default 15,000. */
  readonly stallMs?: number
  /** Until records that say nothing any more are taken out of the topic. Default 60,000, give or take a half. */
  readonly sweepMs?: number
}

/** Options of {@link kafkaRegistry}. */
export interface KafkaRegistryOptions {
  /** `host:port` of brokers. Give this or `kafka`. */
  readonly brokers?: readonly string[]
  /** A client of kafkajs, for TLS, SASL and what else a client is configured with. */
  readonly kafka?: Kafka
  /** Default `_schemas`. It is made where it is missing. */
  readonly topic?: string
  /** Copies of a topic that is made here. Default: 3, or as many as there are brokers. */
  readonly replicationFactor?: number
  /** What the name of the reader's consumer group begins with, for ACLs. Default `kafka-evolve-registry`. */
  readonly groupPrefix?: string
  /** The ID of the first schema of a new registry; default 1. Not kept in the topic: give all nodes the same. */
  readonly firstId?: number
  /** Says whether a text is a schema. Default `validateSchema`: an Avro schema must parse. */
  readonly validate?: SchemaValidator
  /** The compatibility level where the topic sets none; default `'NONE'`. Not kept in the topic: give all nodes the same. */
  readonly compatibility?: CompatibilityLevel
  /** Told of each record that is passed over. It stays in the topic. Default: a warning of the process. */
  readonly onUnknownRecord?: (record: UnknownTopicRecord) => void
  /** Default: nothing is logged. */
  readonly logger?: RegistryLogger
  readonly timeouts?: KafkaRegistryTimeouts
}

/** Options with their defaults. */
export interface KafkaSettings {
  readonly topic: string
  readonly replicationFactor: number | undefined
  readonly groupPrefix: string
  readonly firstId: number
  readonly level: CompatibilityLevel
  readonly onUnknown: (record: UnknownTopicRecord) => void
  readonly logger: RegistryLogger
  readonly timeouts: Required<KafkaRegistryTimeouts>
}

/** Most warnings of one node about records that it passes over. */
const maxWarnings = 20
const defaultTimeouts = { startMs: 30_000, writeMs: 15_000, requestMs: 5_000, catchUpMs: 500, stallMs: 15_000, sweepMs: 60_000 }

/** Checks the options. @throws EvolveError `invalid-options`. */
export function kafkaSettings(options: KafkaRegistryOptions): KafkaSettings {
  const {
    topic = '_schemas',
    replicationFactor,
    groupPrefix = 'kafka-evolve-registry',
    firstId = 1,
    compatibility: level = 'NONE',
  } = options
  const { brokers, kafka, logger = { info: () => undefined, warn: () => undefined } } = options
  const invalid = (problem: string): EvolveError => new EvolveError('invalid-options', problem)
  if ((brokers === undefined) === (kafka === undefined)) throw invalid('give either brokers or kafka')
  if (brokers !== undefined && (!Array.isArray(brokers) || brokers.length === 0)) throw invalid('brokers names no broker')
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..') throw invalid('topic is not the name of a topic')
  if (replicationFactor !== undefined && !(Number.isInteger(replicationFactor) && replicationFactor > 0)) {
    throw invalid('replicationFactor is not a number of copies')
  }
  checkId(firstId)
  if (!isCompatibilityLevel(level)) throw notALevel(level)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  for (const [name, ms] of Object.entries(timeouts)) if (!(ms > 0 && ms < 2 ** 31)) throw invalid(`timeouts.${name} is not a time`)
  const onUnknown = options.onUnknownRecord ?? warner(topic)
  return { topic, replicationFactor, groupPrefix, firstId, level, onUnknown, logger, timeouts }
}

/** Warns of the first few; a topic may hold thousands. */
function warner(topic: string): (record: UnknownTopicRecord) => void {
  let told = 0
  return ({ offset, problem }) => {
    told += 1
    if (told > maxWarnings) return
    const more = told === maxWarnings ? ' No more of them are told; use onUnknownRecord to see all.' : ''
    process.emitWarning(`topic ${topic}: the record at offset ${offset} was passed over: ${problem}`, {
      type: 'RegistryWarning',
      detail: `It is left where it is, and an ID that it names is not given to a new schema.${more}`,
    })
  }
}
