import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { seeded } from '../../seeded.test-support.ts'
import type { StoreChange } from '../state/changes.ts'
import { SchemaStore } from '../state/store.ts'
import { type Decide, StoreRegistry } from '../store-registry.ts'
import type { ManagedRegistry } from '../types.ts'
import { changeRecord } from './change-record.ts'
import { noopKey } from './keys.ts'
import { type RawRecord, Replay } from './replay.ts'

type Log = { key: string; value: string | null }[]

interface Node {
  readonly store: SchemaStore
  readonly replay: Replay
  readonly told: string[]
}

function node(firstId = 1): Node {
  const store = new SchemaStore(firstId)
  const told: string[] = []
  return { store, told, replay: new Replay(store, ({ problem }) => told.push(problem)) }
}

function raw({ key, value }: Log[number], offset: number): RawRecord {
  return { offset, key: Buffer.from(key, 'latin1'), value: value === null ? null : Buffer.from(value) }
}

/** Reads all that is left of a log. */
function replayed(log: readonly (Log[number] | undefined)[]): Node {
  const one = node()
  for (const [offset, record] of log.entries()) if (record !== undefined) one.replay.apply(raw(record, offset))
  return one
}

const ids = Array.from({ length: 14 }, (_, id) => id)

/** All that can be asked of a store. */
function everything({ store }: Node): unknown {
  const all = { deleted: true }
  const settings = store.settings.changes().map((change) => JSON.stringify(change))
  return {
    size: store.size,
    settings: settings.sort(),
    reserved: [...store.reserved()].sort(),
    allowed: ['a', ':.x:a'].map((subject) => ids.map((id) => texts.map((text) => store.allows(id, subject, text)))),
    subjects: store.subjects({ prefix: ':*:', ...all }).map((subject) => ({
      subject,
      listed: store.entries(subject),
      versions: store.entries(subject, true).map((entry) => ({
        entry,
        byId: store.schemaById(entry.id, { subject }),
        uses: store
          .uses(entry.id, { subject, ...all })
          .map((use) => JSON.stringify(use))
          .sort(),
        known: store.prepare(subject, entry).id,
      })),
      next: store.prepare(subject, { format: 'AVRO', text: '"never registered"' }),
    })),
  }
}

/** A registry on a log in which other records may come between a decision and its record. */
class OnLog extends StoreRegistry {
  readonly log: Log = []
  readonly node: Node = node()
  readonly direct: SchemaStore = new SchemaStore(1)
  /** The log was begun by another registry, whose records are not changes of a store. */
  isForeign = false
  /** Records that come before the next one of this registry. */
  disturbances: Log = []
  #sent = 0

  constructor() {
    super(undefined)
  }

  append(record: Log[number]): void {
    this.log.push(record)
    this.node.replay.apply(raw(record, this.log.length - 1))
  }

  protected async view(): Promise<SchemaStore> {
    return this.node.store
  }

  protected async commit<T>(decide: Decide<T>): Promise<T> {
    for (;;) {
      const { change, answer } = decide(this.node.store)
      if (change === undefined) return answer(this.node.store)
      const seq = this.log.length
      this.#sent += 1
      const { key, value } = changeRecord(change, this.node.store, { seq, node: `n${this.#sent}` })
      for (const record of this.disturbances.splice(0)) this.append(record)
      const won = this.log.length === seq
      this.append({ key: Buffer.from(key).toString('latin1'), value })
      if (!won) continue
      if (!this.isForeign) this.#applyDirectly(change)
      return answer(this.node.store)
    }
  }

  /** The store's own understanding of the same change. */
  #applyDirectly(change: StoreChange): void {
    if (change.type === 'version') this.direct.apply({ ...change, isNewSchema: !this.direct.has(change.entry.id, change.entry.subject) })
    else this.direct.apply(change)
  }

  /** As a node does when it opens. */
  reserve(context: string, id: number): void {
    const { key, value } = changeRecord({ type: 'reserve', context, id }, this.node.store, { seq: this.log.length, node: 'r' })
    this.append({ key, value })
  }

  /** Takes out of the log what says nothing any more. */
  sweep(most: number): void {
    for (const key of this.node.replay.keys.spent(most)) this.append({ key, value: null })
  }

  async close(): Promise<void> {}
}

/** Any state in which compaction may leave a log: of each key a later part; a last record without value may be gone too. */
function compacted(log: Log, choose: (most: number) => number): (Log[number] | undefined)[] {
  const places = new Map<string, number[]>()
  for (const [at, { key }] of log.entries()) places.set(key, [...(places.get(key) ?? []), at])
  const left: (Log[number] | undefined)[] = [...log]
  for (const ats of places.values()) {
    const last = ats.at(-1) ?? 0
    const most = log[last]?.value === null ? ats.length : ats.length - 1
    for (const at of ats.slice(0, choose(most))) left[at] = undefined
  }
  return left
}

const subjects = ['a', 'b', ':.x:a', ':.:b']
const texts: readonly SchemaText[] = [
  { format: 'AVRO', text: '"int"' },
  { format: 'AVRO', text: '"long"' },
  { format: 'JSON', text: '{}' },
  { format: 'AVRO', text: '"string"', references: [{ name: 'r', subject: 'a', version: 1 }] },
  { format: 'AVRO', text: '"bytes"', metadata: { properties: { ü: '1' } }, ruleSet: { domainRules: [] } },
]
/** What another registry may have left: records without stamps, keys in two spellings, versions deleted and purged. */
function foreignLog(choices: readonly number[]): Log {
  const log: Log = []
  const versions = new Map<string, { id: number; schema: string; deleted: boolean }[]>()
  const ids = new Map<string, number>()
  const key = (keytype: string, name: string, version: number | undefined, magic: number): string =>
    version === undefined
      ? `{"keytype":"${keytype}","subject":"${name}","magic":${magic}}`
      : `{"keytype":"${keytype}","subject":"${name}","version":${version},"magic":${magic}}`
  const write = (name: string, version: number, magic: number): void => {
    const held = versions.get(name)?.[version - 1]
    if (held !== undefined)
      log.push({ key: key('SCHEMA', name, version, magic), value: JSON.stringify({ subject: name, version, ...held }) })
  }
  for (const choice of choices) {
    const name = ['a', 'b', 'c'][choice % 3] ?? 'a'
    const [magic, number] = [Math.floor(choice / 3) % 2, Math.floor(choice / 6) % 8]
    const held = versions.get(name) ?? []
    versions.set(name, held)
    const last = held.at(-1)
    switch (Math.floor(choice / 48) % 6) {
      case 0:
      case 1: {
        const schema = `{"type":"fixed","name":"F","size":${number}}`
        const id = ids.get(schema) ?? ids.size + 1
        ids.set(schema, id)
        held.push({ id, schema, deleted: false })
        write(name, held.length, magic)
        break
      }
      case 2:
        if (last === undefined || last.deleted) break
        last.deleted = true
        write(name, held.length, magic)
        break
      case 3:
        if (last?.deleted !== true) break
        log.push({ key: key('SCHEMA', name, held.length, magic), value: number % 2 === 0 ? null : '' })
        // The ID of a schema that is gone is not given again by that registry, as long as it remembers.
        held.pop()
        break
      case 4:
        for (const one of held) one.deleted = true
        if (last !== undefined)
          log.push({ key: key('DELETE_SUBJECT', name, undefined, 0), value: JSON.stringify({ subject: name, version: held.length }) })
        break
      default: {
        const spelling =
          magic === 0 ? `{"keytype":"CONFIG","subject":"${name}","magic":0}` : `{"subject":"${name}","keytype":"CONFIG","magic":0}`
        log.push({ key: spelling, value: number === 0 ? null : JSON.stringify({ compatibilityLevel: number % 2 === 0 ? 'NONE' : 'FULL' }) })
      }
    }
  }
  return log
}

type Step = (registry: ManagedRegistry, log: OnLog) => Promise<unknown>
const subject = fc.constantFrom(...subjects)
const text = fc.constantFrom(...texts)
const version = fc.integer({ min: 1, max: 4 })
const step = (run: Step): Step => run
const steps = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(subject, text).map(([s, t]) => step((registry) => registry.register(s, t))) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(subject, version, fc.boolean())
      .map(([s, v, permanent]) => step((registry) => registry.deleteVersion(s, v, { permanent }))),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(subject, fc.boolean()).map(([s, permanent]) => step((registry) => registry.deleteSubject(s, { permanent }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.option(subject, { nil: undefined }), fc.constantFrom('IMPORT', 'READWRITE', undefined))
      .map(([s, mode]) => step((registry) => registry.setMode(s, mode, { force: true }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(subject, text, version, fc.integer({ min: 1, max: 12 }))
      .map(([s, t, v, id]) => step((registry) => registry.importVersion(s, t, { id, version: v }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.option(subject, { nil: undefined }),
        fc.constantFrom({ compatibility: 'NONE', alias: 'x' } as const, { normalize: false }, undefined),
      )
      .map(([s, config]) => step((registry) => registry.setConfig(s, config))),
  },
  { weight: 2, arbitrary: fc.nat(3).map((count) => step(async (_registry, log) => log.sweep(count))) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Log[number]>(
        { key: noopKey, value: null },
        { key: '{"keytype":"FUTURE","magic":0}', value: '{"id":3}' },
        { key: 'no key', value: null },
        {
          key: '{"keytype":"SCHEMA","subject":"a","version":9,"magic":1,"seq":1000000,"node":"f"}',
          value: '{"subject":"a","version":9,"id":77,"schema":"\\"int\\""}',
        },
      )
      .map((record) => step(async (_registry, log) => void log.disturbances.push(record))),
  },
)

async function history(run: readonly Step[], before: Log = []): Promise<OnLog> {
  const registry = new OnLog()
  registry.isForeign = before.length > 0
  for (const record of before) registry.append(record)
  for (const [context, id] of registry.node.replay.unpinned()) registry.reserve(context, id)
  registry.sweep(Number.POSITIVE_INFINITY)
  for (const one of run) {
    await one(registry, registry).catch((error: unknown) => {
      if (!isEvolveError(error) || error.code === 'registry-corrupt' || error.code === 'internal') throw error
    })
  }
  return registry
}

const runs = Number(process.env['LAWS_VALUES'] ?? 100)

describe('the records of a topic', () => {
  it('say the same whatever compaction leaves of them, and what the changes themselves say', async () => {
    let [removed, records] = [0, 0]
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 10, maxLength: 60, size: 'max' }),
        fc.infiniteStream(fc.nat(1_000_000)),
        async (run, numbers) => {
          const registry = await history(run)
          const whole = everything(registry.node)
          // The IDs that are left are more than the changes say where a record nobody knows has named one.
          const { reserved: _all, ...known } = whole as { reserved: unknown; subjects: { next: unknown }[] }
          const direct = everything({ ...registry.node, store: registry.direct }) as typeof known & { reserved: unknown }
          expect(withoutNext(known)).toEqual(withoutNext(direct))
          expect(everything(replayed(registry.log))).toEqual(whole)
          for (let round = 0; round < 5; round += 1) {
            const left = compacted(registry.log, (most) => (numbers.next().value ?? 0) % (most + 1))
            removed += left.filter((record) => record === undefined).length
            records += left.length
            expect(everything(replayed(left))).toEqual(whole)
          }
        },
      ),
      { ...seeded, numRuns: runs },
    )
    expect(removed).toBeGreaterThan(records / 20)
  })

  it('say the same whatever compaction leaves of them, on a topic that another registry has begun', async () => {
    const foreign = fc.array(fc.nat(48 * 6 - 1), { minLength: 5, maxLength: 40, size: 'max' })
    await fc.assert(
      fc.asyncProperty(
        foreign,
        fc.array(steps, { maxLength: 30, size: 'max' }),
        fc.infiniteStream(fc.nat(1_000_000)),
        async (choices, run, numbers) => {
          const registry = await history(run, foreignLog(choices))
          const whole = everything(registry.node)
          for (let round = 0; round < 5; round += 1) {
            const left = compacted(registry.log, (most) => (numbers.next().value ?? 0) % (most + 1))
            expect(everything(replayed(left))).toEqual(whole)
          }
        },
      ),
      { ...seeded, numRuns: runs },
    )
  })

  it('may give one schema two IDs: the lower one is for whoever registers it next, whatever their order', () => {
    const record = (name: string, id: number): Log[number] => ({
      key: `{"keytype":"SCHEMA","subject":"${name}","version":1,"magic":1}`,
      value: JSON.stringify({ subject: name, version: 1, id, schema: '"int"', deleted: false }),
    })
    for (const log of [
      [record('a', 9), record('b', 5)],
      [record('b', 5), record('a', 9)],
    ]) {
      const { store } = replayed(log)
      expect(store.prepare('c', { format: 'AVRO', text: '"int"' }).id).toBe(5)
      expect([store.schemaById(5).text, store.schemaById(9).text]).toEqual(['"int"', '"int"'])
    }
  })

  it('never give one ID two meanings, and leave nothing of a text that was purged once the topic is swept', async () => {
    let purged = 0
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 60, size: 'max' }), async (run) => {
        const registry = await history(run)
        registry.sweep(Number.POSITIVE_INFINITY)
        const left = compacted(registry.log, (most) => most)
        const { store } = replayed(left)
        for (const record of left) {
          if (!record?.key.includes('"SCHEMA"') || !record.value?.includes('"version"')) continue
          const value = JSON.parse(record.value) as { subject: string; version: number; id: number; schema: string }
          if (value.id === 77) continue
          expect(store.isDeleted(value.subject, value.version)).toBeDefined()
          expect(store.schemaById(value.id, { subject: value.subject }).text).toBe(value.schema)
        }
        purged += left.filter((record) => record?.key.includes('"PURGE"')).length
      }),
      { ...seeded, numRuns: runs },
    )
    expect(purged).toBeGreaterThan(runs / 5)
  })
})

function withoutNext(known: { subjects: { next: unknown }[] }): unknown {
  return { ...known, reserved: undefined, subjects: known.subjects.map((one) => ({ ...one, next: undefined })) }
}
