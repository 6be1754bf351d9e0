import { join } from 'node:path'
import type { Kafka, SASLOptions } from 'kafkajs'
import type { Logger } from 'pino'
import { EvolveError } from '../../errors.ts'
import type { CompatibilityLevel } from '../../registry/compatibility/levels.ts'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import { usageError } from '../usage.ts'
import { type StoreAddress, storeName, type TopicAddress } from './store-address.ts'

/** What opening a store needs beside its address. */
export interface StoreSettings {
  /** In force where the store sets none. */
  readonly level: CompatibilityLevel
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: the store's own ways. */
  readonly logger?: Pick<Logger, 'info' | 'warn'>
}

/** An open store. */
export interface OpenStore {
  readonly registry: ManagedRegistry
  /** What it is, without credentials. */
  readonly name: string
}

/** Opens the store. @throws EvolveError what opening it throws. */
export async function openStore(address: StoreAddress, settings: StoreSettings): Promise<OpenStore> {
  return { registry: await open(address, settings), name: storeName(address) }
}

async function open(address: StoreAddress, settings: StoreSettings): Promise<ManagedRegistry> {
  const { level, logger } = settings
  const told = (record: object): void => logger?.warn({ record }, 'a record that a later version has written was passed over')
  const listener = logger === undefined ? {} : { onUnknownRecord: told }
  switch (address.kind) {
    case 'memory':
      return memoryRegistry({ compatibility: level })
    case 'file':
      return fileRegistry({ path: join(address.folder, 'schemas.log'), compatibility: level, ...listener })
    case 'postgres': {
      const { postgresRegistry } = await import('../../registry/postgres/postgres-registry.ts')
      const { url, schema } = address
      return postgresRegistry({ url, compatibility: level, ...listener, ...(schema === undefined ? {} : { schema }) })
    }
    case 'kafka':
      return openTopic(address, settings, listener)
  }
}

async function openTopic(
  address: TopicAddress,
  { level, env, logger }: StoreSettings,
  listener: { readonly onUnknownRecord?: (record: object) => void },
): Promise<ManagedRegistry> {
  const { brokers, topic, replicationFactor, groupPrefix, ssl, sasl } = address
  const { kafkaRegistry } = await import('../../registry/kafka/kafka-registry.ts')
  return kafkaRegistry({
    ...(ssl || sasl !== undefined ? { kafka: await secureClient(address, env) } : { brokers }),
    ...(topic === undefined ? {} : { topic }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(groupPrefix === undefined ? {} : { groupPrefix }),
    compatibility: level,
    ...listener,
    ...(logger === undefined ? {} : { logger }),
  })
}

/** A client that shows who it is. The credentials come from the environment: others see the words of a command line. */
async function secureClient({ brokers, ssl, sasl }: TopicAddress, env: StoreSettings['env']): Promise<Kafka> {
  const { KAFKA_EVOLVE_SASL_USERNAME: username = '', KAFKA_EVOLVE_SASL_PASSWORD: password = '' } = env
  if (sasl !== undefined && (username === '' || password === '')) {
    throw usageError('--store: sasl needs KAFKA_EVOLVE_SASL_USERNAME and KAFKA_EVOLVE_SASL_PASSWORD in the environment')
  }
  const { Kafka: Client, logLevel } = await import('kafkajs').catch((error: unknown) => {
    throw new EvolveError('missing-prerequisite', 'the package kafkajs is not installed', { hint: 'npm install kafkajs' }, error)
  })
  return new Client({
    clientId: 'kafka-evolve-registry',
    brokers: [...brokers],
    connectionTimeout: 5_000,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.NOTHING,
    ssl,
    ...(sasl === undefined ? {} : { sasl: { mechanism: sasl, username, password } as SASLOptions }),
  })
}
