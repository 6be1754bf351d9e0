import { pino } from 'pino'
import { type AvroDefinition, avro } from '../avro.ts'
import type { Definition } from '../codec/codec.ts'
import { cachedRegistry } from '../registry/cached/cached-registry.ts'
import { memoryRegistry } from '../registry/memory.ts'
import type { BrowsableRegistry, Registry } from '../registry/types.ts'
import { createSubjectVersions } from './subject-versions.ts'
import { createTopicSerdes, type SideSerde, type TopicOptions } from './topics.ts'
import { createWriterSchemas } from './writer-schemas.ts'

/** Names of the methods that were called on a registry, in order. */
export interface CountedRegistry extends BrowsableRegistry {
  readonly calls: string[]
}

/** A registry in memory that notes its calls; IDs start at `firstId`. */
export function countedRegistry(firstId: number = 1): CountedRegistry {
  const inner = memoryRegistry({ firstId })
  const calls: string[] = []
  const noted = <A extends unknown[], R>(name: string, call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      calls.push(`${name} ${JSON.stringify(args[0])}`)
      return call.apply(inner, args)
    }
  }
  return {
    calls,
    schemaById: noted('schemaById', inner.schemaById),
    register: noted('register', inner.register),
    versions: noted('versions', inner.versions),
    version: noted('version', inner.version),
    latest: noted('latest', inner.latest),
    lookup: noted('lookup', inner.lookup),
    subjects: noted('subjects', inner.subjects),
    uses: noted('uses', inner.uses),
    contexts: noted('contexts', inner.contexts),
    idsByGuid: noted('idsByGuid', inner.idsByGuid),
    referencedBy: noted('referencedBy', inner.referencedBy),
    close: noted('close', inner.close),
  }
}

/** One side of topic `orders` in a service of its own. */
export function orders(
  registry: Registry,
  value: Definition,
  options: { autoRegister?: boolean; topic?: string } & Omit<TopicOptions, 'value'> = {},
): SideSerde {
  const { autoRegister = false, topic = 'orders', ...rest } = options
  const cached = cachedRegistry(registry, { negativeTtlMs: 0 })
  const logger = pino({ level: 'silent' })
  const context = { writers: createWriterSchemas(cached), versions: createSubjectVersions(cached, { autoRegister, logger }), logger }
  return createTopicSerdes({ [topic]: { value, ...rest } }, context).get(topic)?.value as SideSerde
}

type Row = Record<string, unknown>

const base = [
  { name: 'id', type: 'string' },
  { name: 'status', type: 'string' },
]
const item = (...more: object[]): object => ({ type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }, ...more] })
const order = (fields: object[]): AvroDefinition<Row, Row> =>
  defined(JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields: [...base, ...fields] }))

/** A definition from schema text. */
export function defined(text: string): AvroDefinition<Row, Row> {
  return avro(text) as never
}

/** An order: id, status. */
export const V1: AvroDefinition<Row, Row> = order([])
/** One more field at the end. */
export const V2: AvroDefinition<Row, Row> = order([{ name: 'channel', type: 'string', default: 'web' }])
/** A field that V2 does not have, and not the one it has. */
export const Fork: AvroDefinition<Row, Row> = order([{ name: 'priority', type: 'int', default: 0 }])
/** With items. */
export const Items1: AvroDefinition<Row, Row> = order([{ name: 'items', type: { type: 'array', items: item() } }])
/** With a field more in each item. */
export const Items2: AvroDefinition<Row, Row> = order([
  { name: 'items', type: { type: 'array', items: item({ name: 'discount', type: 'int', default: 0 }) } },
])

/** What a call throws or rejects with. */
export async function failureOf(call: () => unknown): Promise<Error & { code?: string; details: Row }> {
  try {
    await call()
  } catch (error) {
    return error as Error & { details: Row }
  }
  throw new Error('nothing was thrown')
}
