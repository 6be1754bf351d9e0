import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../../schema/text.ts'
import { copyConfig } from '../settings/config.ts'
import { changeJson } from '../state/change-json.ts'
import type { StoreChange } from '../state/changes.ts'
import { SchemaStore } from '../state/store.ts'
import { type LoadedLog, LogLoading, type LogSettings, loadLog as load } from './load-log.ts'
import { encodeRecord, type LogPosition, logStart } from './log-format.ts'
import { headRecord, type OnUnknown, type UnknownRecord } from './records.ts'

const schemas: readonly (readonly [subject: string, schema: SchemaText])[] = [
  ['orders-value', { format: 'AVRO', text: '"string"' }],
  ['orders-value', { format: 'AVRO', text: '{"type":"record","name":"Ü€🚀","fields":[]}' }],
  ['other', { format: 'AVRO', text: '"string"' }],
  ['third', { format: 'JSON', text: '{}', references: [{ name: 'x', subject: 'other', version: 1 }] }],
]

const loadLog = (bytes: Buffer, onUnknown: OnUnknown = unexpected) => {
  const settings = { firstId: 1, level: 'NONE', onUnknown } as const
  // In pieces a log says the same, and is refused at the same place.
  expect(outcome(() => loadPieces(bytes, 11, { ...settings, onUnknown: () => undefined }))).toEqual(
    outcome(() => load(bytes, { ...settings, onUnknown: () => undefined })),
  )
  return load(bytes, settings)
}

function loadPieces(bytes: Buffer, length: number, settings: LogSettings): LoadedLog {
  const loading = new LogLoading(settings)
  for (let at = 0; at < bytes.length; at += length) loading.add(bytes.subarray(at, at + length))
  return loading.end()
}

function outcome(load: () => LoadedLog): unknown {
  try {
    const { store, firstId, end } = load()
    return { subjects: store.subjects().map((subject) => store.entries(subject, true)), size: store.size, firstId, end }
  } catch (error) {
    // Why it is no record may be seen differently.
    return [Reflect.get(error as object, 'code'), / byte \d+ /.exec(String(error))?.[0]]
  }
}

const int = { type: 'version', subject: 's', version: 1, id: 1, schema: { format: 'AVRO', text: '"int"' } }
const deletion = { type: 'delete', subject: 's', versions: [1] }

function linesOf(records: readonly unknown[]): Buffer[] {
  let at = logStart
  return records.map((record) => {
    const encoded = encodeRecord(at, record)
    at = encoded.end
    return encoded.bytes
  })
}

function unexpected({ type }: UnknownRecord): void {
  throw new Error(`the record ${type} is not known`)
}

/** The bytes of a log, and where each record ends. */
function writeLog(): { readonly bytes: Buffer; readonly ends: readonly number[] } {
  const store = new SchemaStore(1)
  const parts: Buffer[] = []
  const ends: number[] = []
  let at: LogPosition = logStart
  const put = (record: object): void => {
    const { bytes, end } = encodeRecord(at, record)
    parts.push(bytes)
    ends.push(end.offset)
    at = end
  }
  put(headRecord(1))
  for (const [subject, schema] of schemas) {
    const entry = store.prepare(subject, schema)
    const change: StoreChange = { type: 'version', entry, isNewSchema: !store.has(entry.id) }
    put(changeJson(change))
    store.apply(change)
  }
  return { bytes: Buffer.concat(parts), ends }
}

const { bytes, ends } = writeLog()
const corruptAt = (offset: number | undefined) =>
  expect.objectContaining({ code: 'registry-corrupt', message: expect.stringContaining(`at byte ${offset} `) })

describe('a log', () => {
  it('is byte for byte what it always was', () => {
    expect(bytes.toString()).toBe(
      [
        '00000036 3341b967 {"log":"kafka-evolve schemas","version":1,"firstId":1}',
        '0000006d 5d033c6d {"type":"version","subject":"orders-value","version":1,"id":1,"schema":{"format":"AVRO","text":"\\"string\\""}}',
        '0000009d a7b06bd7 {"type":"version","subject":"orders-value","version":2,"id":2,"schema":{"format":"AVRO","text":"{\\"type\\":\\"record\\",\\"name\\":\\"Ü€🚀\\",\\"fields\\":[]}"}}',
        '00000037 40079187 {"type":"version","subject":"other","version":1,"id":1}',
        '00000098 f586ffda {"type":"version","subject":"third","version":1,"id":3,"schema":{"format":"JSON","text":"{}","references":[{"name":"x","subject":"other","version":1}]}}',
        '',
      ].join('\n'),
    )
  })

  it('says all of what was written', () => {
    const { store, firstId, end } = loadLog(bytes)
    expect(firstId).toBe(1)
    expect(end.offset).toBe(bytes.length)
    for (const [subject, schema] of schemas) expect(store.lookup(subject, schema)).toMatchObject({ subject, ...schema })
    expect(store.subjects()).toEqual(['orders-value', 'other', 'third'])
  })

  it('cut off at any byte, says all of the records that are whole', () => {
    for (let length = 0; length <= bytes.length; length += 1) {
      const whole = ends.filter((end) => end <= length)
      const { store, end } = loadLog(bytes.subarray(0, length))
      expect(end.offset, `cut at ${length}`).toBe(whole.at(-1) ?? 0)
      const found = schemas.filter(([subject, schema]) => store.find(subject, schema) !== undefined)
      expect(found.length, `cut at ${length}`).toBe(Math.max(0, whole.length - 1))
    }
  })

  it('cut off at any byte and filled up with zeros, says the same', () => {
    for (const zeros of [1, 7, 300]) {
      for (let length = 0; length <= bytes.length; length += 1) {
        const filled = Buffer.concat([bytes.subarray(0, length), Buffer.alloc(zeros)])
        const before = [0, ...ends].filter((end) => end <= length).at(-1)
        expect(loadLog(filled).end.offset, `cut at ${length}`).toBe(before)
      }
    }
  })

  it('damaged in any bit, is refused with the place of the record', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = Buffer.from(bytes)
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
        const record = [0, ...ends].filter((end) => end <= at).at(-1)
        expect(() => loadLog(damaged), `bit ${bit} of byte ${at}`).toThrow(corruptAt(record))
      }
    }
  })

  it('with a record lost, doubled or out of place, is refused', () => {
    const starts = [0, ...ends]
    const lines = ends.map((end, at) => bytes.subarray(starts[at], end))
    const [head, a, b, c, d] = lines as [Buffer, Buffer, Buffer, Buffer, Buffer]
    for (const order of [
      [a, b, c, d],
      [head, b, c, d],
      [head, a, c, d],
      [head, a, a, b, c, d],
      [head, b, a, c, d],
      [head, a, b, d, c],
      [head, head, a],
    ]) {
      expect(() => loadLog(Buffer.concat(order))).toThrow(expect.objectContaining({ code: 'registry-corrupt' }))
    }
  })

  it.each<[string, unknown[]]>([
    ['another log', [{ log: 'something else' }]],
    ['a later format', [{ log: 'kafka-evolve schemas', version: 2, firstId: 1 }]],
    ['no first ID', [{ log: 'kafka-evolve schemas', version: 1 }]],
    ['no object', [headRecord(1), 5]],
    ['no type', [headRecord(1), { subject: 's' }]],
    ['no level', [headRecord(1), { type: 'config', config: { compatibility: 'SIDEWAYS' } }]],
    ['no config', [headRecord(1), { type: 'config', config: 5 }]],
    ['no mode', [headRecord(1), { type: 'mode', subject: 's', mode: 'readonly' }]],
    ['no subject of a mode', [headRecord(1), { type: 'mode', subject: 5, mode: 'READONLY' }]],
    ['no schema', [headRecord(1), { type: 'version', subject: 's', version: 1, id: 1 }]],
    ['no text', [headRecord(1), { type: 'version', subject: 's', version: 1, id: 1, schema: { format: 'AVRO' } }]],
    ['a version twice', [headRecord(1), int, { ...int, id: 2, schema: { format: 'AVRO', text: '"long"' } }]],
    ['a deletion of what is not there', [headRecord(1), int, { type: 'delete', subject: 's', versions: [1, 2] }]],
    ['a purge of what is not deleted', [headRecord(1), int, { type: 'purge', subject: 's', versions: [1] }]],
    ['a deletion of no versions', [headRecord(1), int, { type: 'delete', subject: 's', versions: 1 }]],
    ['a schema after its purge', [headRecord(1), int, deletion, { ...deletion, type: 'purge' }, { ...int, schema: undefined }]],
    ['no ID to reserve', [headRecord(1), { type: 'reserve', id: -1 }]],
    ['no meaning of an ID', [headRecord(1), { type: 'reserve', id: 7, meanings: [[7, 'x']] }]],
    ['metadata that are none', [headRecord(1), { ...int, schema: { ...int.schema, metadata: 5 } }]],
    [
      'an ID of 33 bits',
      [headRecord(1), { type: 'version', subject: 's', version: 1, id: 2 ** 32, schema: { format: 'AVRO', text: '"int"' } }],
    ],
    [
      'one ID for two schemas',
      [
        headRecord(1),
        { type: 'version', subject: 's', version: 1, id: 1, schema: { format: 'AVRO', text: '"int"' } },
        { type: 'version', subject: 's', version: 2, id: 1, schema: { format: 'AVRO', text: '"long"' } },
      ],
    ],
  ])('that says %s is refused although its checksums are right', (_name, records) => {
    expect(() => loadLog(Buffer.concat(linesOf(records)))).toThrow(expect.objectContaining({ code: 'registry-corrupt' }))
  })

  it('has settings, byte for byte as they always were', () => {
    const config = copyConfig({ normalize: true, compatibility: 'FULL', alias: undefined })
    const changes = [
      { type: 'config', subject: undefined, config },
      { type: 'mode', subject: 's', mode: 'READONLY' },
      { type: 'config', subject: undefined, config: undefined },
      { type: 'mode', subject: undefined, mode: 'IMPORT' },
    ] as const
    const lines = linesOf([headRecord(1), ...changes.map(changeJson)])
    expect(lines.join('').split('\n').slice(1)).toEqual([
      '00000044 09eaf991 {"type":"config","config":{"compatibility":"FULL","normalize":true}}',
      '0000002f a127937c {"type":"mode","subject":"s","mode":"READONLY"}',
      '0000001f 3f19e1ba {"type":"config","config":null}',
      '0000001f 430425c7 {"type":"mode","mode":"IMPORT"}',
      '',
    ])
    const { settings } = loadLog(Buffer.concat(lines)).store
    expect([settings.config(), settings.mode('s'), settings.mode()]).toEqual([{ compatibility: 'NONE' }, 'READONLY', 'IMPORT'])
  })

  it('tells of what a later version wrote, gives its ID to nobody, and says the rest', () => {
    const told: unknown[] = []
    const schema = { format: 'AVRO', text: '"int"' }
    const lines = linesOf([
      headRecord(1),
      { type: 'deletion', subject: 's', id: 7 },
      { type: 'config', subject: 's', config: { compatibility: 'FULL', colour: 'red' } },
      { type: 'version', subject: 's', version: 1, id: 1, schema },
    ])
    const { store } = loadLog(Buffer.concat(lines), (record) => told.push(record))
    expect(told).toEqual([
      { type: 'deletion', offset: lines[0]?.length },
      { type: "config with 'colour'", offset: (lines[0]?.length ?? 0) + (lines[1]?.length ?? 0) },
    ])
    expect(store.settings.config('s')).toEqual({ compatibility: 'FULL' })
    expect(store.version('s', 1)).toMatchObject({ id: 1 })
    expect(store.prepare('t', { format: 'AVRO', text: '"long"' }).id).toBe(8)
  })

  it.each(['x', 'hello, world', '\n', '{"log":"kafka-evolve schemas"}', '00000037 9edd9dd3 hello', '#!/bin/sh\nrm -rf\n'])(
    'is not taken to be in %j',
    (text) => {
      expect(() => loadLog(Buffer.from(text))).toThrow(corruptAt(0))
    },
  )
})
