import { expect } from 'vitest'
import { isEvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { dumpOf } from './dump.test-support.ts'
import { expectCode } from './registry-cases.test-support.ts'
import { configMembers } from './settings/config.ts'
import type { ManagedRegistry, SubjectVersion } from './types.ts'

/**
 * A store to hold to its promises. Make one for each case, empty: `for (const one of faultsOf(['kept', 'crash'])) it(one.name, () => one.run(store))`.
 * Whoever makes it also removes it, with all that a case left open.
 */
export interface FaultStore {
  /** Opens it: at first, and after it was closed or has crashed. With `kept`, what was kept is there. */
  open(): Promise<ManagedRegistry>
  /** Opens it a second time while the first is open: another node, or another reader that sees at once what the first has answered. */
  beside?(): Promise<ManagedRegistry>
  /** Ends one that is open as a kill would: nothing is flushed, closed or told. The case does not use it again. */
  crash?(registry: ManagedRegistry): Promise<void>
  /** From now on nothing can be kept (disk full, no leader, database gone); until the function that it gives is called. Reads go on. */
  breakWrites?(): Promise<() => Promise<void>>
}

/**
 * What a store has to offer for a case: that anything outlives closing it (`kept`), and the optional methods. `nodes`: each `beside` may write.
 */
export type FaultNeed = 'kept' | 'beside' | 'nodes' | 'crash' | 'breakWrites'

/** One promise that holds whatever goes wrong. */
export interface FaultCase {
  readonly name: string
  readonly needs: readonly FaultNeed[]
  run(store: FaultStore): Promise<void>
}

/** The cases for a store that offers this. */
export function faultsOf(offers: readonly FaultNeed[]): readonly FaultCase[] {
  return faultCases.filter(({ needs }) => needs.every((need) => offers.includes(need)))
}

/** One change of a life. */
export interface Step {
  readonly name: string
  run(registry: ManagedRegistry): Promise<unknown>
}

const fixed = (name: string, size = 1): SchemaText => ({ format: 'AVRO', text: `{"type":"fixed","name":"${name}","size":${size}}` })
const referring: SchemaText = {
  format: 'AVRO',
  text: '{"type":"record","name":"R","fields":[{"name":"a","type":"A"}]}',
  references: [{ name: 'A', subject: 'a', version: 1 }],
}
const described: SchemaText = { ...fixed('A'), metadata: { properties: { owner: 'π' } }, ruleSet: { domainRules: [{ name: 'r' }] } }
const step = (name: string, run: Step['run']): Step => ({ name, run })

/** A life of a registry: every kind of change, each in the state that those before it left. */
export const life: readonly Step[] = [
  step('a schema', (registry) => registry.register('a', fixed('A'))),
  step('a second version', (registry) => registry.register('a', fixed('A', 2))),
  step('the same schema elsewhere', (registry) => registry.register('b', fixed('A'))),
  step('a reference', (registry) => registry.register('r', referring)),
  step('metadata and rules', (registry) => registry.register('described', described)),
  step('another language', (registry) => registry.register('json', { format: 'JSON', text: '{"type":"object"}' })),
  step('another context', (registry) => registry.register(':.other:a', fixed('Other'))),
  step('odd names', (registry) => registry.register('ü/ %:\u2028"', fixed('Odd'))),
  step('a level for all', (registry) => registry.setConfig(undefined, { compatibility: 'BACKWARD' })),
  step('a level for a subject', (registry) => registry.setConfig('a', { compatibility: 'NONE', normalize: true })),
  step('a level for a context', (registry) => registry.setConfig(':.other:', { compatibility: 'FULL' })),
  step('a level taken back', (registry) => registry.setConfig('a', undefined)),
  step('a mode for a subject', (registry) => registry.setMode('b', 'READONLY')),
  step('a mode taken back', (registry) => registry.setMode('b', undefined)),
  step('the mode of a subject to import', (registry) => registry.setMode('imported', 'IMPORT')),
  step('an imported version', (registry) => registry.importVersion('imported', fixed('Imported'), { id: 1_000, version: 7 })),
  step('one imported before it', (registry) => registry.importVersion('imported', fixed('Imported', 2), { id: 900, version: 3 })),
  step('the mode back', (registry) => registry.setMode('imported', 'READWRITE')),
  step('a version behind the gaps', async (registry) => {
    await registry.setConfig('imported', { compatibility: 'NONE' })
    return registry.register('imported', fixed('Imported', 3))
  }),
  step('a version deleted', (registry) => registry.deleteVersion('a', 2)),
  step('a version purged', (registry) => registry.deleteVersion('a', 2, { permanent: true })),
  step('a new version after that', async (registry) => {
    await registry.setConfig('a', { compatibility: 'NONE' })
    return registry.register('a', fixed('A', 3))
  }),
  step('a subject deleted', (registry) => registry.deleteSubject('imported')),
  step('a subject purged', (registry) => registry.deleteSubject('imported', { permanent: true })),
  step('a subject that comes back', (registry) => registry.register('imported', fixed('Again'))),
  step('the highest ID deleted and purged', async (registry) => {
    await registry.deleteSubject('imported')
    return registry.deleteSubject('imported', { permanent: true })
  }),
  step('a context emptied', async (registry) => {
    await registry.deleteSubject(':.other:a')
    return registry.deleteSubject(':.other:a', { permanent: true })
  }),
  step('a new schema after all that', (registry) => registry.register('new', fixed('New'))),
  step('one in the emptied context', (registry) => registry.register(':.other:new', fixed('New', 2))),
]

/** Takes a registry through {@link life}, looking at it after every step. */
async function live(
  registry: ManagedRegistry,
  afterStep: (registry: ManagedRegistry, step: Step) => Promise<ManagedRegistry>,
): Promise<void> {
  let at = registry
  for (const one of life) {
    await one.run(at)
    at = await afterStep(at, one)
  }
  await at.close()
}

const everySchema = (prefix: string, count: number): SchemaText[] => Array.from({ length: count }, (_, index) => fixed(`${prefix}${index}`))

export const faultCases: readonly FaultCase[] = [
  {
    name: 'closed and opened again after each kind of change, it answers the same',
    needs: ['kept'],
    run: async (store) =>
      live(await store.open(), async (registry, { name }) => {
        const before = await dumpOf(registry)
        await registry.close()
        const again = await store.open()
        expect(await dumpOf(again), name).toEqual(before)
        return again
      }),
  },
  {
    name: 'killed after each kind of change and opened again, it answers the same',
    needs: ['kept', 'crash'],
    run: async (store) =>
      live(await store.open(), async (registry, { name }) => {
        const before = await dumpOf(registry)
        await store.crash?.(registry)
        const again = await store.open()
        expect(await dumpOf(again), name).toEqual(before)
        return again
      }),
  },
  {
    name: 'seen from beside after each kind of change, it answers the same',
    needs: ['beside'],
    async run(store) {
      const first = await store.open()
      const beside = await store.beside?.()
      await live(first, async (registry, { name }) => {
        if (beside !== undefined) expect(await dumpOf(beside), name).toEqual(await dumpOf(registry))
        return registry
      })
      await beside?.close()
    },
  },
  {
    name: 'closed and opened again, it knows what the IDs of purged schemas have meant',
    needs: ['kept'],
    async run(store) {
      let registry = await store.open()
      for (const subject of ['gone', ':.other:gone']) {
        for (const schema of everySchema('Gone', 3)) await registry.register(subject, schema)
        await registry.deleteVersion(subject, 2)
        await registry.deleteVersion(subject, 2, { permanent: true })
        await registry.deleteSubject(subject)
        await registry.deleteSubject(subject, { permanent: true })
      }
      await registry.setMode(undefined, 'IMPORT')
      for (let round = 0; round < 2; round += 1) {
        await registry.close()
        registry = await store.open()
        for (const subject of ['gone', ':.other:gone']) {
          for (let id = 1; id <= 3; id += 1) await expectCode(registry.importVersion(subject, fixed('Other'), { id }), 'registry-rejected')
          expect(await registry.importVersion(subject, fixed('Gone1'), { id: 2, version: 7 + round })).toMatchObject({ id: 2 })
          await registry.deleteVersion(subject, 7 + round)
          await registry.deleteVersion(subject, 7 + round, { permanent: true })
        }
      }
      await registry.close()
    },
  },
  {
    name: 'each kind of change that cannot be kept is refused, leaves no trace, and is possible when it can be kept again',
    needs: ['kept', 'breakWrites'],
    async run(store) {
      let registry = await store.open()
      for (const { name, run } of life) {
        const before = await dumpOf(registry)
        const mend = await store.breakWrites?.()
        const error = await run(registry).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        expect(isEvolveError(error) && error.retryable ? error.code : error, name).toMatch(/^registry-(unavailable|timeout)$/)
        expect(await dumpOf(registry), name).toEqual(before)
        await mend?.()
        await run(registry)
        const after = await dumpOf(registry)
        await registry.close()
        registry = await store.open()
        // Which ID a schema gets after a refusal is not promised, but that it keeps it.
        expect(await dumpOf(registry), name).toEqual(after)
      }
      await registry.close()
    },
  },
  {
    name: 'registered by many at once, a schema gets one ID and one version',
    needs: [],
    async run(store) {
      const registry = await store.open()
      const all = await Promise.all(Array.from({ length: 100 }, () => registry.register('s', fixed('Same'))))
      expect(new Set(all.map(({ id, version }) => `${id}/${version}`)).size).toBe(1)
      expect(await registry.versions('s')).toEqual([1])
      await registry.close()
    },
  },
  {
    name: 'registered on two nodes at once, schemas get one ID each, and no ID two schemas',
    needs: ['nodes'],
    async run(store) {
      const [one, two] = [await store.open(), (await store.beside?.()) as ManagedRegistry]
      const schemas = everySchema('Raced', 20)
      const all = await Promise.all(schemas.flatMap((schema) => [one.register('s', schema), two.register('s', schema)]))
      expectOneMeaning(all)
      expect(new Set(all.map(({ version }) => version)).size).toBe(20)
      expect(await dumpOf(two)).toEqual(await dumpOf(one))
      await one.close()
      await two.close()
    },
  },
  {
    name: 'set on two nodes at once, no member of a config is lost',
    needs: ['nodes'],
    async run(store) {
      const nodes = [await store.open(), (await store.beside?.()) as ManagedRegistry]
      const parts = [
        { normalize: true },
        { alias: 'x' },
        { compatibilityGroup: 'g' },
        { validateFields: false },
        { compatibility: 'FULL' },
      ] as const
      const all = Object.assign({}, ...parts) as object
      for (const subject of [undefined, 's', ':.other:']) {
        await Promise.all(parts.map((part, at) => nodes[at % 2]?.setConfig(subject, part, { keep: configMembers })))
        for (const node of nodes) expect(await node.config(subject)).toEqual(all)
      }
      for (const node of nodes) await node.close()
    },
  },
  {
    name: 'read during writes, it shows each version whole or not at all, and never takes one back',
    needs: [],
    async run(store) {
      const registry = await store.open()
      const reader = (await store.beside?.()) ?? registry
      const known = await registry.register('s', fixed('First'))
      let isWriting = true
      const writing = Promise.all(everySchema('Written', 60).map((schema) => registry.register('s', schema))).finally(() => {
        isWriting = false
      })
      let seen = 1
      while (isWriting) {
        const versions = await reader.versions('s')
        expect(versions.length).toBeGreaterThanOrEqual(seen)
        seen = versions.length
        expect(versions).toEqual(Array.from({ length: seen }, (_, index) => index + 1))
        const { id, text } = await reader.version('s', seen)
        expect(await reader.schemaById(id)).toMatchObject({ text })
        expect(await reader.schemaById(known.id)).toMatchObject({ text: known.text })
      }
      await writing
      expect(await reader.versions('s')).toHaveLength(61)
      if (reader !== registry) await reader.close()
      await registry.close()
    },
  },
  {
    name: 'closed during writes, it keeps what it has answered, and refuses what comes after',
    needs: ['kept'],
    async run(store) {
      const registry = await store.open()
      const writing = Promise.allSettled(everySchema('Late', 20).map((schema) => registry.register('s', schema)))
      await registry.close()
      await registry.close()
      const refused = await Promise.allSettled([
        registry.register('s', fixed('After')),
        registry.schemaById(1),
        registry.deleteSubject('s'),
      ])
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      await expectCode(registry.register('s', fixed('After')), 'registry-rejected')
      const answered = (await writing).flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      const again = await store.open()
      for (const entry of answered) expect(await again.version('s', entry.version)).toEqual(entry)
      await again.close()
    },
  },
  {
    name: 'killed during writes, it keeps what it has answered, and no ID means two schemas afterwards',
    needs: ['kept', 'crash'],
    async run(store) {
      const registry = await store.open()
      const answered: SubjectVersion[] = []
      const schemas = everySchema('Killed', 60)
      const writing = Promise.allSettled(schemas.map(async (schema) => void answered.push(await registry.register('s', schema))))
      while (answered.length < 20) await new Promise((resolve) => setTimeout(resolve, 1))
      const before = [...answered]
      await store.crash?.(registry)
      const again = await store.open()
      for (const entry of before) expect(await again.version('s', entry.version)).toEqual(entry)
      const all = await Promise.all(schemas.map((schema) => again.register('s', schema)))
      expectOneMeaning([...before, ...all])
      await again.close()
      await writing
    },
  },
]

function expectOneMeaning(entries: readonly SubjectVersion[]): void {
  const meanings = new Map<number, string>()
  const ids = new Map<string, number>()
  for (const { id, text } of entries) {
    expect(meanings.get(id) ?? text).toBe(text)
    expect(ids.get(text) ?? id).toBe(id)
    meanings.set(id, text)
    ids.set(text, id)
  }
}
