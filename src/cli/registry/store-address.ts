import { usageError } from '../usage.ts'

/** A topic of Kafka, and how to reach it. */
export interface TopicAddress {
  readonly kind: 'kafka'
  readonly brokers: readonly string[]
  readonly topic: string | undefined
  readonly replicationFactor: number | undefined
  readonly groupPrefix: string | undefined
  readonly ssl: boolean
  readonly sasl: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined
}

/** Where a server keeps its schemas. */
export type StoreAddress =
  | { readonly kind: 'memory' }
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string | undefined }
  | TopicAddress

const forms = 'memory, file:DIR, postgres://USER:PASSWORD@HOST:PORT/DATABASE or kafka:HOST:PORT,HOST:PORT?topic=NAME'
const topicOptions: readonly string[] = ['topic', 'replicationFactor', 'groupPrefix', 'ssl', 'sasl']
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** Takes the text of `--store` apart. @throws EvolveError `invalid-options`; it quotes nothing that may be a password. */
export function storeAddress(text: string): StoreAddress {
  const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/s.exec(text) ?? []
  if (kind === 'memory' && rest === '') return { kind }
  if (kind === 'file' && rest !== '') return { kind, folder: rest }
  if (/^(postgres:)?postgres(ql)?:\/\//.test(text)) return databaseAddress(text.replace(/^postgres:(?=postgres)/, ''))
  if (kind === 'kafka' && rest !== '') return topicAddress(rest.replace(/^\/\//, ''))
  throw usageError(`--store is none of those there are${kind === '' ? '' : ` (it begins with '${kind}')`}`, `give ${forms}`)
}

/** What the address is, without credentials. */
export function storeName(address: StoreAddress): string {
  switch (address.kind) {
    case 'memory':
      return 'memory'
    case 'file':
      return `file:${address.folder}`
    case 'postgres': {
      const { protocol, host, pathname } = new URL(address.url)
      return `${protocol}//${host}${pathname}${address.schema === undefined ? '' : `?schema=${encodeURIComponent(address.schema)}`}`
    }
    case 'kafka':
      return `kafka:${address.brokers.join(',')}?topic=${address.topic ?? '_schemas'}`
  }
}

function databaseAddress(text: string): StoreAddress {
  const hint = 'write it as postgres://user:password@host:5432/database, with characters such as @ : / # % in the password as %40 and so on'
  if (!URL.canParse(text)) throw usageError('--store: the URL of the PostgreSQL cannot be read', hint)
  const url = new URL(text)
  // PostgreSQL knows no such parameter of a connection: it is ours.
  const schema = url.searchParams.get('schema') ?? undefined
  url.searchParams.delete('schema')
  return { kind: 'postgres', url: schema === undefined ? text : url.href, schema }
}

function topicAddress(text: string): StoreAddress {
  const [list = '', query = ''] = text.split(/\?(.*)/s, 2)
  const brokers = list.split(',').map((broker) => broker.trim())
  if (!brokers.every((broker) => /^[\w.-]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker))) {
    throw usageError('--store: a broker is not of the form HOST:PORT', 'write kafka:broker-1:9092,broker-2:9092?topic=_schemas')
  }
  const given = new URLSearchParams(query)
  const stranger = [...given.keys()].find((name) => !topicOptions.includes(name))
  if (stranger !== undefined) throw usageError(`--store: kafka has no option ${stranger}`, `it has ${topicOptions.join(', ')}`)
  const sasl = mechanisms.find((mechanism) => mechanism === given.get('sasl'))
  if (given.has('sasl') && sasl === undefined)
    throw usageError('--store: sasl is none of those there are', `one of ${mechanisms.join(', ')}`)
  const copies = given.get('replicationFactor')
  if (copies !== null && !/^[1-9]\d{0,3}$/.test(copies)) throw usageError('--store: replicationFactor is a number of copies')
  return {
    kind: 'kafka',
    brokers,
    topic: given.get('topic') ?? undefined,
    replicationFactor: copies === null ? undefined : Number(copies),
    groupPrefix: given.get('groupPrefix') ?? undefined,
    ssl: given.get('ssl') === 'true',
    sasl,
  }
}
