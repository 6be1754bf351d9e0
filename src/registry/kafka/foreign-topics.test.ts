import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../../schema/text.ts'
import { SchemaStore } from '../state/store.ts'
import { confluentTopic, karapaceTopic, type TopicDump } from './foreign-topics.test-support.ts'
import { Replay, type UnknownTopicRecord } from './replay.ts'

function read(topic: TopicDump): { store: SchemaStore; replay: Replay; told: UnknownTopicRecord[] } {
  const store = new SchemaStore(1)
  const told: UnknownTopicRecord[] = []
  const replay = new Replay(store, (record) => told.push(record))
  for (const [offset, [key, value]] of topic.entries())
    replay.apply({ offset, key: Buffer.from(key), value: value === null ? null : Buffer.from(value) })
  return { store, replay, told }
}

const listed = (store: SchemaStore, subject: string, deleted = false): number[] =>
  store.entries(subject, deleted).map(({ version }) => version)
const nextId = (store: SchemaStore, subject = 's'): number => store.prepare(subject, { format: 'AVRO', text: '"never registered"' }).id

describe('the topic of a Karapace', () => {
  const { store, replay, told } = read(karapaceTopic)

  // Beside each: what Karapace itself answered, over HTTP.
  it('gives its subjects and versions', () => {
    const subjects = ['hidden-value', 'json-value', 'orders-copy-value', 'orders-value', 'proto-value', 'refs-value', 'soft-value']
    expect(store.subjects({ deleted: true })).toEqual(subjects)
    expect(store.subjects()).toEqual(subjects.slice(1))
    expect(subjects.map((subject) => [listed(store, subject), listed(store, subject, true)])).toEqual([
      [[], [1]],
      [[1], [1]],
      [[1], [1]],
      [
        [1, 2],
        [1, 2],
      ],
      [[1], [1]],
      [[1], [1]],
      [
        [1, 3],
        [1, 2, 3],
      ],
    ])
  })

  it('gives its schemas under their IDs', () => {
    const order = '{"fields":[{"name":"id","type":"string"}],"name":"Order","namespace":"shop","type":"record"}'
    const texts: [number, SchemaText][] = [
      [1, { format: 'AVRO', text: order }],
      [
        2,
        {
          format: 'AVRO',
          text: order.replace('}],', '},{"default":null,"doc":"ü","name":"note","type":["null","string"]}],'),
        },
      ],
      [3, { format: 'JSON', text: '{"properties":{"a":{"type":"integer"}},"type":"object"}' }],
      [4, { format: 'PROTOBUF', text: 'syntax = "proto3";\n\nmessage M {\n  string a = 1;\n}\n' }],
      [
        5,
        {
          format: 'AVRO',
          text: '{"fields":[{"name":"o","type":"shop.Order"}],"name":"Holder","type":"record"}',
          references: [{ name: 'shop.Order', subject: 'orders-value', version: 1 }],
        },
      ],
      [7, { format: 'AVRO', text: '"long"' }],
      [11, { format: 'AVRO', text: '"float"' }],
    ]
    for (const [id, schema] of texts) expect(store.schemaById(id)).toEqual({ id, ...schema })
    expect(store.uses(1)).toEqual([
      { subject: 'orders-value', version: 1 },
      { subject: 'orders-copy-value', version: 1 },
    ])
  })

  it('gives its levels', () => {
    expect(store.settings.config()).toMatchObject({ compatibility: 'BACKWARD' })
    expect(store.settings.config('orders-value')).toEqual({ compatibility: 'FORWARD' })
    expect(store.settings.config('gone-value')).toEqual({ compatibility: 'NONE' })
  })

  it('gives no ID again that was used before, also not the last one, and says that the topic alone may forget that', () => {
    expect(nextId(store)).toBe(13)
    expect([...replay.unpinned()]).toEqual([['.', 12]])
    expect(told).toEqual([])
  })
})

describe("the topic of Confluent's registry", () => {
  const { store, replay, told } = read(confluentTopic)

  it('gives its versions with their gaps, deleted ones, those of contexts, and none that were purged', () => {
    expect(store.subjects({ prefix: ':*:', deleted: true })).toEqual([':.ctx:s', 'contract', 'old', 'refs'])
    expect(listed(store, 'old')).toEqual([1, 2])
    expect(listed(store, 'contract')).toEqual([2, 4])
    expect(store.schemaById(1)).toMatchObject({ text: '"int"' })
    expect(store.schemaById(1, { subject: ':.ctx:' })).toMatchObject({ text: '"bytes"' })
    expect(store.contexts()).toEqual(['.', '.ctx'])
  })

  it('gives metadata, rule sets and references', () => {
    const { metadata, ruleSet } = store.schemaById(40)
    expect(metadata).toEqual({ tags: {}, properties: { owner: 'ü' }, sensitive: [] })
    expect(ruleSet).toMatchObject({ domainRules: [{ name: 'r', expr: 'true' }] })
    expect(store.schemaById(41).references).toEqual([{ name: 'N', subject: 'old', version: 2 }])
    expect(store.referring('old', 2).map(({ subject }) => subject)).toEqual(['refs'])
  })

  it('gives levels and modes', () => {
    expect(store.settings.config()).toMatchObject({ compatibility: 'FULL' })
    expect(store.settings.config('old')).toEqual({ compatibility: 'NONE', normalize: true, validateRules: true })
    expect(store.settings.mode('read-only')).toBe('READONLY')
  })

  it('keeps the first meaning of an ID, and takes all IDs that anything names for used', () => {
    expect(store.schemaById(40)).toMatchObject({ text: '"double"' })
    expect(store.isDeleted('clash', 1)).toBeUndefined()
    expect(nextId(store)).toBe(62)
    expect(nextId(store, ':.ctx:s')).toBe(2)
    expect([...replay.unpinned()]).toEqual([['.', 61]])
  })

  it('tells of each record that it passes over', () => {
    expect(told.map(({ keytype, subject, id, problem }) => [keytype, subject, id, problem])).toEqual([
      ['CONFIG', 'old', undefined, "a config has no member 'someday' here"],
      ['SCHEMA', 'clash', 40, 'the ID already means another schema'],
      ['ASSOC', undefined, 60, 'its type "ASSOC" is not known'],
      ['SCHEMA', 'xml', 61, 'its format "XML" is not known'],
      ['SCHEMA', 'torn', undefined, expect.stringContaining('JSON')],
      [undefined, undefined, undefined, 'its key is none of a registry'],
    ])
  })

  it('takes what is left of a version that was purged under another spelling of its key out of the topic', () => {
    // Otherwise it comes back once the record without a value is compacted.
    expect(replay.keys.spent(10)).toContain('{"keytype":"SCHEMA","subject":"gone","version":1,"magic":0}')
    expect(replay.keys.spentCount).toBe(1)
  })
})

describe('any bytes', () => {
  it('make nothing throw, and change nothing', () => {
    const { store, replay, told } = read([])
    const odd = ['', '{', 'null', '[]', '0', '"x"', '{}', '['.repeat(50_000), '{"id":-1}', '{"id":1e99}', '{"subject":{}}', '\ufffd\0']
    const keys = ['SCHEMA', 'CONFIG', 'MODE', 'DELETE_SUBJECT', 'CLEAR_SUBJECT', 'PURGE', 'RESERVE', 'NOOP', 'CONTEXT', 'X']
    let offset = 0
    for (const keytype of keys) {
      for (const value of odd) {
        for (const key of [
          { keytype, subject: 's', version: 1 },
          { keytype },
          { keytype, subject: '__proto__', version: 1, seq: offset, node: 'n' },
        ]) {
          replay.apply({ offset, key: Buffer.from(JSON.stringify(key)), value: Buffer.from(value) })
          offset += 1
        }
      }
    }
    replay.apply({ offset, key: null, value: Buffer.from('x') })
    replay.apply({ offset: offset + 1, key: Buffer.alloc(0), value: null })
    replay.apply({ offset: offset + 2, key: null, value: null })
    expect(store.size).toEqual({ schemas: 0, subjects: 0, versions: 0 })
    expect(nextId(store)).toBe(1)
    expect(replay.position).toBe(offset + 3)
    expect(told.length).toBeGreaterThan(150)
  })
})
