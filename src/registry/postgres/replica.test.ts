import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { registeredSchema, subjectVersion } from '../entries.ts'
import type { StoreChange } from '../state/changes.ts'
import { columnsOf, type JournalRow, journalStart, rowOf } from './journal-row.ts'
import { Replica, type UnknownRow } from './replica.ts'

const schema = (n: number) => ({ format: 'AVRO', text: `{"type":"record","name":"R${n}","fields":[]}` }) as const
const version = (subject: string, n: number, id: number, isNewSchema = true): StoreChange => ({
  type: 'version',
  entry: subjectVersion(subject, n, registeredSchema(id, schema(id))),
  isNewSchema,
})

/** The rows that these changes become. */
function journal(...changes: readonly StoreChange[]): JournalRow[] {
  const rows: JournalRow[] = []
  for (const change of changes) rows.push(rowOf(change, rows.at(-1) ?? journalStart))
  return rows
}

function replica(): { readonly replica: Replica; readonly unknown: UnknownRow[] } {
  const unknown: UnknownRow[] = []
  return { replica: new Replica(1, 'NONE', (row) => unknown.push(row)), unknown }
}

const history = journal(
  version('s', 1, 1),
  version('t', 1, 1, false),
  version(':.c:s', 1, 1),
  { type: 'mode', subject: 's', mode: 'READONLY' },
  version('s', 2, 2),
  { type: 'delete', subject: 's', versions: [2] },
  { type: 'purge', subject: 's', versions: [2] },
)

describe('a replica', () => {
  it('comes to the same state row by row, all at once, and with rows that it has seen', () => {
    const [a, b] = [replica().replica, replica().replica]
    for (const row of history) a.take([row])
    b.take(history.slice(0, 3))
    b.take(history)
    for (const one of [a, b]) {
      expect(one.position).toEqual({ seq: 7, chain: history.at(-1)?.chain })
      expect(one.store.subjects({ prefix: ':*:' })).toEqual([':.c:s', 's', 't'])
      expect(one.store.settings.mode('s')).toBe('READONLY')
      expect(one.store.reserved()).toEqual(new Map([['.', 2], ['.c', 1]])) // biome-ignore format: a table
    }
  })

  it('needs no text of what was purged since, however many versions held it, and knows what its ID has meant', () => {
    const { replica: one } = replica()
    const rows = journal(
      version('s', 1, 1),
      version('t', 1, 1, false),
      ...['s', 't'].flatMap((subject): StoreChange[] => [
        { type: 'delete', subject, versions: [1] },
        { type: 'purge', subject, versions: [1] },
      ]),
      version('u', 1, 1),
      { type: 'delete', subject: 'u', versions: [1] },
      { type: 'purge', subject: 'u', versions: [1] },
    )
    one.take(rows.map((row) => ({ ...row, body: undefined })))
    expect(one.store.size.schemas).toBe(0)
    expect([1, 2].map((n) => one.store.allows(1, 's', schema(n)))).toEqual([true, false])
  })

  it('needs no text of what was purged since', () => {
    const { replica: one } = replica()
    one.take(history.map((row) => (row.seq === 5 ? { ...row, body: undefined } : row)))
    expect(one.store.has(2)).toBe(false)
    expect(one.store.prepare('s', schema(9)).id).toBe(3)
    expect(one.store.versions('s', { deleted: true })).toEqual([1])
  })

  it('passes over what it does not know, keeps its ID, and tells', () => {
    const { replica: one, unknown } = replica()
    const record = '{"type":"hologram","subject":":.c:x","id":70}'
    const chain = createHash('sha256').update(record).digest()
    one.take([{ seq: 1, chain, record, schemaHash: undefined, body: undefined }])
    expect(unknown).toEqual([{ type: 'hologram', seq: 1 }])
    expect(one.store.prepare(':.c:x', schema(1)).id).toBe(71)
    expect(one.store.prepare('x', schema(1)).id).toBe(1)
  })

  const bad: readonly [string, (rows: JournalRow[]) => readonly JournalRow[], RegExp][] = [
    ['a row that is missing', (rows) => rows.filter(({ seq }) => seq !== 3), /row 3 of the journal is missing: row 4 follows row 2/],
    [
      'a row that was altered',
      (rows) => rows.map((row) => (row.seq === 4 ? { ...row, record: row.record.replace('READONLY', 'IMPORT') } : row)),
      /row 4 .* altered/,
    ],
    [
      'a schema that was altered',
      (rows) => rows.map((row) => (row.seq === 1 ? { ...row, body: row.body?.replace('R1', 'R9') } : row)),
      /schema that row 1 .* altered/,
    ],
    [
      'a schema where there was none',
      (rows) => rows.map((row) => (row.seq === 2 ? { ...row, body: '{}' } : row)),
      /schema that row 2 .* altered/,
    ],
    [
      'rows of another journal',
      () => [...history.slice(0, 2), ...journal(version('x', 1, 9), version('x', 2, 10), version('x', 3, 11)).slice(2)],
      /row 3 .* altered/,
    ],
    ['a change that contradicts', () => journal(version('s', 1, 1), version('s', 1, 2)), /row 2 .* version 1 already/],
    [
      'a purge of what is listed',
      () => journal(version('s', 1, 1), { type: 'purge', subject: 's', versions: [1] }),
      /row 2 .* not deleted/,
    ],
    ['a setting that is none', () => journal({ type: 'mode', subject: 's', mode: 'SLEEPY' as 'IMPORT' }), /row 1 /],
  ]
  it.each(bad)('refuses %s, and has taken in what came before', (_name, damage, message) => {
    const { replica: one } = replica()
    const rows = damage([...history])
    expect(() => one.take(rows)).toThrow(expect.objectContaining({ code: 'registry-corrupt', message: expect.stringMatching(message) }))
    const at = Number(/row (\d+)/.exec(String(message))?.[1])
    expect(one.position.seq).toBe(at - 1)
  })
})

it('a row says in columns what people look for', () => {
  expect(columnsOf(version(':.c:s', 4, 7))).toEqual({ type: 'version', context: '.c', subject: ':.c:s', version: 4, schemaId: 7 })
  expect(columnsOf({ type: 'delete', subject: 's', versions: [1] })).toMatchObject({
    type: 'delete',
    context: '.',
    subject: 's',
    version: undefined,
  })
  expect(columnsOf({ type: 'config', subject: undefined, config: undefined })).toMatchObject({ context: undefined, subject: undefined })
  expect(columnsOf({ type: 'reserve', context: '.c', id: 9 })).toMatchObject({ context: '.c', schemaId: 9 })
  const [row] = journal(version('s', 1, 1))
  expect(row?.record).toBe('{"type":"version","subject":"s","version":1,"id":1}')
  expect(row?.body).toBe(JSON.stringify({ format: 'AVRO', text: schema(1).text }))
})
