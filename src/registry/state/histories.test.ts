import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isEvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { seeded } from '../../seeded.test-support.ts'
import { anyCall, anySubject, anyVersion, call } from '../random-calls.test-support.ts'
import { type Decide, StoreRegistry } from '../store-registry.ts'
import { changeJson, readChange } from './change-json.ts'
import type { StoreChange } from './changes.ts'
import { SchemaStore } from './store.ts'

/** A registry that notes its changes as they would be written down. */
class Noting extends StoreRegistry {
  readonly store: SchemaStore
  readonly records: string[] = []

  constructor(store: SchemaStore = new SchemaStore(1)) {
    super(undefined)
    this.store = store
  }

  protected async view(): Promise<SchemaStore> {
    return this.store
  }

  protected async commit<T>(decide: Decide<T>): Promise<T> {
    const { change, answer } = decide(this.store)
    if (change !== undefined) {
      this.records.push(JSON.stringify(changeJson(change)))
      this.store.apply(change)
    }
    return answer(this.store)
  }

  async close(): Promise<void> {}
}

function replay(records: readonly string[]): SchemaStore {
  const store = new SchemaStore(1)
  for (const record of records) {
    const read = readChange(JSON.parse(record), store)
    if ('unknown' in read) throw new Error(`the record ${record} is not known`)
    store.apply(read.change)
  }
  return store
}

const shortHistory = (store: SchemaStore): string[] => [...store.history()].map((change) => JSON.stringify(changeJson(change)))

const allIds = Array.from({ length: 14 }, (_, id) => id)
const allTexts: readonly SchemaText[] = ['"int"', '"long"', '"never registered"'].map((text) => ({ format: 'AVRO', text }))

/** All that can be asked of a store. */
function everything(store: SchemaStore): unknown {
  const all = { deleted: true }
  return {
    size: store.size,
    settings: store.settings.changes(),
    contexts: store.contexts(),
    allowed: ['a', ':.x:a'].map((subject) => allIds.map((id) => allTexts.map((text) => store.allows(id, subject, text)))),
    listed: store.subjects({ prefix: ':*:' }),
    subjects: store.subjects({ prefix: ':*:', ...all }).map((subject) => ({
      subject,
      listed: store.entries(subject),
      versions: store.entries(subject, true).map((entry) => ({
        entry,
        byId: store.schemaById(entry.id, { subject }),
        uses: store.uses(entry.id, { subject, ...all }),
        referring: store.referring(subject, entry.version, true),
      })),
      next: store.prepare(subject, { format: 'AVRO', text: '"never registered"' }),
    })),
  }
}

/** The schemas that IDs were given to, by context and ID. */
function note(meanings: Map<string, string>, change: StoreChange): void {
  if (change.type !== 'version') return
  const { subject: name, id, text: meaning } = change.entry
  const key = `${name.startsWith(':.x:') ? 'x' : ''}/${id}`
  expect(meanings.get(key) ?? meaning).toBe(meaning)
  meanings.set(key, meaning)
}

it('a history written down and read again gives the same registry, at every point', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const registry = new Noting()
      for (const run of steps) {
        const [records, before] = [registry.records.length, JSON.stringify(everything(registry.store))]
        await run(registry).catch((error: unknown) => {
          if (!isEvolveError(error) || error.code === 'registry-corrupt' || error.code === 'internal') throw error
          expect(registry.records.length).toBe(records)
          expect(JSON.stringify(everything(registry.store))).toBe(before)
        })
      }
      expect(everything(replay(registry.records))).toEqual(everything(registry.store))
    }),
    seeded,
  )
})

it('a history and the short one in its place give the same registry, now and after what comes next', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 10, maxLength: 40, size: 'max' }), fc.array(anyCall), async (steps, more) => {
      const registry = new Noting()
      for (const run of steps) await run(registry).catch(() => undefined)
      const short = new Noting(replay(shortHistory(registry.store)))
      expect(everything(short.store)).toEqual(everything(registry.store))
      expect(shortHistory(short.store).sort()).toEqual(shortHistory(registry.store).sort())
      for (const run of more) {
        const outcomes = [registry, short].map((one) => run(one).catch((error: unknown) => String(error)))
        expect(await outcomes[1]).toEqual(await outcomes[0])
      }
      expect(everything(short.store)).toEqual(everything(registry.store))
      expect(shortHistory(registry.store).length).toBeLessThanOrEqual(registry.records.length + registry.store.contexts().length)
    }),
    seeded,
  )
})

it('what was tried out leaves no trace, and was there as if it had been made', async () => {
  const anyNew = fc.tuple(anySubject, fc.constantFrom('"int"', '"long"', '"bytes"', '"new"'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { maxLength: 30, size: 'max' }),
      fc.array(anyNew, { minLength: 1, maxLength: 6 }),
      async (steps, tried) => {
        const registry = new Noting()
        for (const run of steps) await run(registry).catch(() => undefined)
        const { store } = registry
        const before = JSON.stringify([everything(store), [...store.reserved()], shortHistory(store)])
        const meanwhile = store.preview((add) => {
          const entries = tried.map(([subject, text]) => {
            const entry = store.prepare(subject, { format: 'AVRO', text })
            add(entry)
            return entry
          })
          return { entries, state: everything(store) }
        })
        expect(JSON.stringify([everything(store), [...store.reserved()], shortHistory(store)])).toBe(before)
        for (const entry of meanwhile.entries) store.apply({ type: 'version', entry, isNewSchema: !store.has(entry.id, entry.subject) })
        expect(everything(store)).toEqual(meanwhile.state)
      },
    ),
    seeded,
  )
})

it('what is tried out in vain is taken back as well', () => {
  const store = new SchemaStore(1)
  const entry = store.prepare('s', { format: 'AVRO', text: '"int"' })
  expect(() =>
    store.preview((add) => {
      add(entry)
      add(entry)
    }),
  ).toThrow(expect.objectContaining({ code: 'registry-corrupt' }))
  expect(store.size).toEqual({ schemas: 0, subjects: 0, versions: 0 })
  expect(store.prepare('s', { format: 'AVRO', text: '"int"' })).toEqual(entry)
})

it('an ID that was given never comes to mean another schema, whatever is deleted, purged and imported', async () => {
  const given = fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(anySubject, fc.integer({ min: 0, max: 30 }))
        .map(([s, n]) => call((registry) => registry.register(s, { format: 'AVRO', text: `{"type":"fixed","name":"F","size":${n}}` }))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(anySubject, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 8 })).map(([s, n, id]) =>
        call(async (registry) => {
          await registry.setMode(s, 'IMPORT', { force: true })
          const schema = { format: 'AVRO', text: `{"type":"fixed","name":"F","size":${n}}` } as const
          await registry.importVersion(s, schema, { id }).finally(() => registry.setMode(s, undefined))
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(anySubject, anyVersion, fc.boolean())
        .map(([s, v, permanent]) => call((registry) => registry.deleteVersion(s, v, { permanent }))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(anySubject, fc.boolean()).map(([s, permanent]) => call((registry) => registry.deleteSubject(s, { permanent }))),
    },
  )
  let changes = 0
  await fc.assert(
    fc.asyncProperty(fc.array(given, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const registry = new Noting()
      for (const run of steps) await run(registry).catch(() => undefined)
      changes += registry.records.length
      const meanings = new Map<string, string>()
      const store = new SchemaStore(1)
      for (const record of registry.records) {
        const read = readChange(JSON.parse(record), store)
        if ('unknown' in read) throw new Error(`the record ${record} is not known`)
        note(meanings, read.change)
        store.apply(read.change)
      }
    }),
    seeded,
  )
  // Most steps are to come to something.
  expect(changes).toBeGreaterThan(1_000)
})
