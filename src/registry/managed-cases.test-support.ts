import { expect } from 'vitest'
import type { ErrorCode } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { avroText, expectCode, freshRecord, freshSubject } from './registry-cases.test-support.ts'
import type { ManagedRegistry, SubjectVersion } from './types.ts'

/** What a case is given. The registry may hold other things already. */
export interface ManagedCaseContext {
  readonly registry: ManagedRegistry
  /** Another look at what is kept: the registry opened once more, or another node. It is closed by whoever gave it. Missing where nothing is kept. */
  readonly again?: (() => Promise<ManagedRegistry>) | undefined
}

/** One thing that every registry does that keeps its own list. */
export interface ManagedCase {
  readonly name: string
  run(context: ManagedCaseContext): Promise<void>
}

/** Asserts that the promise is rejected with this code and, where given, Confluent's number. */
export async function expectRefusal(promise: Promise<unknown>, code: ErrorCode, registryCode?: number): Promise<void> {
  const error = await expectCode(promise, code)
  if (registryCode !== undefined) expect(Reflect.get(Reflect.get(error, 'details'), 'registryCode'), error.message).toBe(registryCode)
}

async function three(registry: ManagedRegistry, subject: string): Promise<readonly [SubjectVersion, SubjectVersion, SubjectVersion]> {
  return [
    await registry.register(subject, freshRecord()),
    await registry.register(subject, freshRecord()),
    await registry.register(subject, freshRecord()),
  ]
}

async function everywhere({ registry, again }: ManagedCaseContext, look: (registry: ManagedRegistry) => Promise<void>): Promise<void> {
  await look(registry)
  if (again !== undefined) await look(await again())
}

const reference = (name: string, subject: string, version = 1): { name: string; subject: string; version: number } => ({
  name,
  subject,
  version,
})
const nameOf = ({ text }: SchemaText): string => (JSON.parse(text) as { name: string }).name

export const managedCases: readonly ManagedCase[] = [
  {
    name: 'no longer lists a version that was deleted, and still reads it under its ID',
    async run(context) {
      const { registry } = context
      const subject = freshSubject()
      const [one, two, last] = await three(registry, subject)
      expect(await registry.deleteVersion(subject, 2)).toBe(2)
      await everywhere(context, async (other) => {
        expect(await other.versions(subject)).toEqual([1, 3])
        expect(await other.versions(subject, { deleted: true })).toEqual([1, 2, 3])
        expect(await other.versions(subject, { deletedOnly: true })).toEqual([2])
        await expectCode(other.version(subject, 2), 'version-not-found')
        expect(await other.version(subject, 2, { deleted: true })).toEqual(two)
        expect((await other.schemaById(two.id)).text).toBe(two.text)
        expect(await other.uses(two.id)).toEqual([])
        expect(await other.uses(two.id, { deleted: true })).toEqual([{ subject, version: 2 }])
        await expectCode(other.lookup(subject, two), 'schema-not-in-subject')
        expect(await other.lookup(subject, two, { deleted: true })).toEqual(two)
        expect(await other.latest(subject)).toEqual(last)
        expect(await other.version(subject, 1)).toEqual(one)
      })
    },
  },
  {
    name: 'gives a schema that was deleted its ID again, and a version of its own',
    async run(context) {
      const { registry } = context
      const subject = freshSubject()
      const [, two, last] = await three(registry, subject)
      await registry.deleteVersion(subject, last.version)
      expect((await registry.latest(subject)).version).toBe(2)
      expect(await registry.register(subject, freshRecord())).toMatchObject({ version: 4 })
      await registry.deleteVersion(subject, 2)
      expect(await registry.register(subject, { format: 'AVRO', text: two.text })).toMatchObject({ id: two.id, version: 5 })
      await everywhere(context, async (other) => expect(await other.versions(subject)).toEqual([1, 4, 5]))
    },
  },
  {
    name: 'purges only what was deleted, text and all, and never gives the ID again',
    async run(context) {
      const { registry } = context
      const subject = freshSubject()
      const [, , last] = await three(registry, subject)
      await expectRefusal(registry.deleteVersion(subject, 3, { permanent: true }), 'registry-rejected', 40407)
      await registry.deleteVersion(subject, 3)
      await expectRefusal(registry.deleteVersion(subject, 3), 'registry-rejected', 40406)
      expect(await registry.deleteVersion(subject, 3, { permanent: true })).toBe(3)
      await everywhere(context, async (other) => {
        await expectCode(other.schemaById(last.id), 'schema-not-found')
        await expectCode(other.version(subject, 3, { deleted: true }), 'version-not-found')
        expect(await other.versions(subject, { deleted: true })).toEqual([1, 2])
      })
      await expectCode(registry.deleteVersion(subject, 3, { permanent: true }), 'version-not-found')
      const next = await registry.register(subject, freshRecord())
      expect(next.id).toBeGreaterThan(last.id)
      const same = await registry.register(freshSubject(), { format: 'AVRO', text: last.text })
      expect(same.id).toBeGreaterThan(next.id)
    },
  },
  {
    name: 'keeps a schema that another subject holds when its version is purged',
    async run(context) {
      const { registry } = context
      const [a, b] = [freshSubject(), freshSubject()]
      const schema = freshRecord()
      const { id } = await registry.register(a, schema)
      await registry.register(b, schema)
      await registry.deleteSubject(a)
      await registry.deleteSubject(a, { permanent: true })
      await everywhere(context, async (other) => {
        expect((await other.schemaById(id)).text).toBe(schema.text)
        expect(await other.uses(id)).toEqual([{ subject: b, version: 1 }])
        await expectCode(other.versions(a, { deleted: true }), 'subject-not-found')
      })
      expect(await registry.register(a, schema)).toMatchObject({ id, version: 1 })
    },
  },
  {
    name: 'deletes all of a subject, and what was set for it',
    async run(context) {
      const { registry } = context
      const subject = freshSubject()
      await three(registry, subject)
      await registry.setConfig(subject, { compatibility: 'FULL' })
      await expectRefusal(registry.deleteSubject(subject, { permanent: true }), 'registry-rejected', 40405)
      await registry.deleteVersion(subject, 1)
      expect(await registry.deleteSubject(subject)).toEqual([2, 3])
      await expectRefusal(registry.deleteSubject(subject), 'registry-rejected', 40404)
      await everywhere(context, async (other) => {
        await expectCode(other.versions(subject), 'subject-not-found')
        await expectCode(other.latest(subject), 'subject-not-found')
        expect(await other.subjects()).not.toContain(subject)
        expect(await other.subjects({ deleted: true })).toContain(subject)
        expect(await other.subjects({ deletedOnly: true })).toContain(subject)
        expect(await other.config(subject)).toBeUndefined()
      })
      expect(await registry.deleteSubject(subject, { permanent: true })).toEqual([1, 2, 3])
      await expectCode(registry.deleteSubject(subject), 'subject-not-found')
      await everywhere(context, async (other) => expect(await other.subjects({ deleted: true })).not.toContain(subject))
      expect(await registry.register(subject, freshRecord())).toMatchObject({ version: 1 })
    },
  },
  {
    name: 'refuses to delete what is not there',
    async run({ registry }) {
      const subject = freshSubject()
      await expectCode(registry.deleteSubject(subject), 'subject-not-found')
      await expectCode(registry.deleteVersion(subject, 1), 'subject-not-found')
      await registry.register(subject, freshRecord())
      await expectCode(registry.deleteVersion(subject, 2), 'version-not-found')
      await expectCode(registry.deleteVersion(subject, 0), 'version-not-found')
      await expectCode(registry.deleteVersion('', 1), 'invalid-options')
      await expectCode(registry.deleteSubject('a\u0000b'), 'invalid-options')
      expect(await registry.versions(subject)).toEqual([1])
    },
  },
  {
    name: 'keeps what others refer to, and says who does',
    async run(context) {
      const { registry } = context
      const [base, top] = [freshSubject('base'), freshSubject('top')]
      const inner = await registry.register(base, freshRecord())
      const outer = await registry.register(top, {
        ...freshRecord([{ name: 'inner', type: nameOf(inner) }]),
        references: [reference(nameOf(inner), base)],
      })
      await everywhere(context, async (other) => {
        expect(await other.referencedBy(base, 1)).toEqual([outer.id])
        expect(await other.referencedBy(top, 1)).toEqual([])
        await expectCode(other.referencedBy(base, 2), 'version-not-found')
      })
      await expectRefusal(registry.deleteVersion(base, 1), 'registry-rejected', 42206)
      await expectRefusal(registry.deleteSubject(base), 'registry-rejected', 42206)
      await registry.deleteSubject(top)
      expect(await registry.referencedBy(base, 1)).toEqual([])
      await registry.deleteSubject(base)
      // The text of the deleted one can still be read under its ID, so what it refers to stays as well.
      await expectRefusal(registry.deleteSubject(base, { permanent: true }), 'registry-rejected', 42206)
      await registry.deleteSubject(top, { permanent: true })
      expect(await registry.deleteSubject(base, { permanent: true })).toEqual([1])
    },
  },
  {
    name: 'holds new versions against those that are listed, and no others',
    async run({ registry }) {
      const subject = freshSubject()
      const name = `N${freshSubject('')}`.replace(/[^A-Za-z0-9]/g, '_')
      const record = (...fields: object[]): SchemaText => avroText({ type: 'record', name, fields })
      await registry.register(subject, record({ name: 'a', type: 'string' }))
      await registry.register(subject, record())
      await registry.setConfig(subject, { compatibility: 'BACKWARD_TRANSITIVE' })
      const candidate = record({ name: 'a', type: 'int', default: 0 })
      await expectCode(registry.register(subject, candidate), 'incompatible-registration')
      await registry.deleteVersion(subject, 1)
      expect(await registry.register(subject, candidate)).toMatchObject({ version: 3 })
    },
  },
  {
    name: 'changes nothing in mode READONLY, and deletes in mode IMPORT',
    async run({ registry }) {
      const subject = freshSubject()
      await three(registry, subject)
      await registry.setMode(subject, 'READONLY')
      await expectRefusal(registry.deleteVersion(subject, 1), 'registry-rejected', 42205)
      await expectRefusal(registry.deleteSubject(subject), 'registry-rejected', 42205)
      await registry.setMode(subject, 'IMPORT', { force: true })
      expect(await registry.deleteVersion(subject, 1)).toBe(1)
    },
  },
  {
    name: 'has IDs of their own in each context',
    async run(context) {
      const { registry } = context
      const plain = freshSubject('ctx')
      const name = `.c${plain.replace(/[^a-z0-9]/g, '')}`
      const inContext = `:${name}:${plain}`
      const here = await registry.register(plain, freshRecord())
      const there = await registry.register(inContext, freshRecord())
      expect(there).toMatchObject({ subject: inContext, version: 1 })
      await everywhere(context, async (other) => {
        expect((await other.schemaById(there.id, { subject: inContext })).text).toBe(there.text)
        expect((await other.schemaById(there.id, { subject: `:${name}:` })).text).toBe(there.text)
        expect((await other.schemaById(here.id)).text).toBe(here.text)
        expect((await other.schemaById(here.id, { subject: plain })).text).toBe(here.text)
        expect(await other.contexts()).toEqual(expect.arrayContaining(['.', name]))
        expect(await other.subjects({ prefix: `:${name}:` })).toEqual([inContext])
        expect(await other.subjects()).not.toContain(inContext)
        expect(await other.subjects({ prefix: ':*:' })).toEqual(expect.arrayContaining([plain, inContext]))
        expect(await other.subjects({ prefix: plain })).toEqual([plain])
        expect(await other.version(`:.:${plain}`, 1)).toEqual(here)
        expect(await other.uses(there.id, { subject: inContext })).toEqual([{ subject: inContext, version: 1 }])
      })
      await registry.setConfig(`:${name}:`, { compatibility: 'FULL' })
      expect(await registry.config(inContext)).toBeUndefined()
      expect(await registry.config(inContext, { defaultToGlobal: true })).toMatchObject({ compatibility: 'FULL' })
      await expectCode(registry.register(inContext, avroText('string')), 'incompatible-registration')
      await registry.setMode(`:${name}:`, 'READONLY')
      await expectRefusal(registry.register(inContext, freshRecord()), 'registry-rejected', 42205)
      await expectCode(registry.register(`:${name}:`, freshRecord()), 'invalid-options')
    },
  },
  {
    name: 'looks for what a schema refers to in the context of the schema',
    async run({ registry }) {
      const plain = freshSubject('ref')
      const context = `:.r${plain.replace(/[^a-z0-9]/g, '')}:`
      const inner = await registry.register(`${context}${plain}`, freshRecord())
      const outer = { ...freshRecord([{ name: 'inner', type: nameOf(inner) }]), references: [reference(nameOf(inner), plain)] }
      await expectCode(registry.register(`${plain}-outer`, outer), 'invalid-schema')
      const { id } = await registry.register(`${context}${plain}-outer`, outer)
      expect(await registry.referencedBy(`${context}${plain}`, 1)).toEqual([id])
    },
  },
  {
    name: 'takes versions from elsewhere in any order and with gaps',
    async run(context) {
      const { registry } = context
      const subject = `:.import${freshSubject('').replace(/[^a-z0-9]/g, '')}:s`
      await registry.setMode(subject, 'IMPORT')
      const schemas = [freshRecord(), freshRecord(), freshRecord()] as const
      await registry.importVersion(subject, schemas[0], { id: 70, version: 7 })
      await registry.importVersion(subject, schemas[1], { id: 30, version: 3 })
      await registry.importVersion(subject, schemas[2], { id: 71 })
      await expectRefusal(registry.importVersion(subject, freshRecord(), { id: 90, version: 3 }), 'registry-rejected', 42205)
      await expectRefusal(registry.importVersion(subject, freshRecord(), { id: 30, version: 9 }), 'registry-rejected', 42205)
      await everywhere(context, async (other) => {
        expect(await other.versions(subject)).toEqual([3, 7, 8])
        expect(await other.latest(subject)).toMatchObject({ id: 71, version: 8 })
        expect(await other.version(subject, 3)).toMatchObject({ id: 30, text: schemas[1].text })
        await expectCode(other.version(subject, 4), 'version-not-found')
      })
      await registry.setMode(subject, undefined)
      expect(await registry.register(subject, freshRecord())).toMatchObject({ id: 72, version: 9 })
    },
  },
  {
    name: 'takes a schema with a default that does not fit from elsewhere, as messages name it, and compares with it',
    async run(context) {
      const { registry } = context
      const subject = `:.broken${freshSubject('').replace(/[^a-z0-9]/g, '')}:s`
      const field = { name: 'e', type: { type: 'enum', name: 'E', symbols: ['A'] } }
      const { text } = freshRecord([{ ...field, default: 'unknown' }])
      const broken: SchemaText = { format: 'AVRO', text }
      await expectCode(registry.register(subject, broken), 'invalid-schema')
      await registry.setMode(subject, 'IMPORT')
      await registry.importVersion(subject, broken, { id: 70, version: 7 })
      await expectCode(registry.importVersion(subject, { format: 'AVRO', text: '{"type":"recrod"}' }, { id: 71 }), 'invalid-schema')
      await registry.setMode(subject, undefined)
      await registry.setConfig(subject, { compatibility: 'FULL' })
      await everywhere(context, async (other) => expect(await other.version(subject, 7)).toMatchObject({ id: 70, text }))
      const mended = text.replace('"unknown"', '"A"')
      expect(await registry.register(subject, { format: 'AVRO', text: mended })).toMatchObject({ id: 71, version: 8 })
    },
  },
  {
    name: 'takes one schema under two IDs from elsewhere, and reads both',
    async run(context) {
      const { registry } = context
      const prefix = `:.twice${freshSubject('').replace(/[^a-z0-9]/g, '')}:`
      const schema = freshRecord()
      await registry.setMode(prefix, 'IMPORT')
      await registry.importVersion(`${prefix}a`, schema, { id: 5 })
      await registry.importVersion(`${prefix}b`, schema, { id: 9 })
      await registry.setMode(prefix, undefined)
      await everywhere(context, async (other) => {
        expect((await other.schemaById(5, { subject: prefix })).text).toBe(schema.text)
        expect((await other.schemaById(9, { subject: prefix })).text).toBe(schema.text)
        expect(await other.lookup(`${prefix}b`, schema)).toMatchObject({ id: 9 })
      })
      expect(await registry.register(`${prefix}c`, schema)).toMatchObject({ id: 5 })
    },
  },
  {
    name: 'lends the ID of a schema that was purged to no other one, and takes the same one back under it',
    async run(given) {
      const { registry } = given
      const context = `:.gone${freshSubject('').replace(/[^a-z0-9]/g, '')}:`
      const subject = `${context}s`
      const [one, two] = [await registry.register(subject, freshRecord()), await registry.register(subject, freshRecord())]
      await registry.deleteSubject(subject)
      await registry.deleteSubject(subject, { permanent: true })
      await registry.setMode(context, 'IMPORT')
      const refusesOthers = async (): Promise<void> => {
        for (const other of [freshRecord(), two])
          await expectRefusal(registry.importVersion(subject, other, { id: one.id }), 'registry-rejected', 42205)
      }
      await refusesOthers()
      expect(await registry.importVersion(subject, avroText(JSON.parse(one.text), 2), { id: one.id, version: 5 })).toMatchObject({
        id: one.id,
        version: 5,
      })
      await refusesOthers()
      await registry.deleteVersion(subject, 5)
      await registry.deleteVersion(subject, 5, { permanent: true })
      await refusesOthers()
      // What its bytes mean does not hang on what is said about it.
      await registry.importVersion(subject, { ...one, metadata: { properties: { owner: 'o' } } }, { id: one.id })
      await registry.importVersion(subject, freshRecord(), { id: two.id + 5 })
      await everywhere(given, async (other) => {
        expect(await other.versions(subject)).toEqual([1, 2])
        expect((await other.schemaById(one.id, { subject })).text).toBe(one.text)
      })
    },
  },
  {
    name: 'sets some members of a config and keeps those that it is told to',
    async run(context) {
      const { registry } = context
      const subject = freshSubject()
      await registry.setConfig(subject, { compatibility: 'FULL', alias: 'a', normalize: false })
      expect(await registry.setConfig(subject, { normalize: true }, { keep: ['compatibility'] })).toEqual({
        compatibility: 'FULL',
        normalize: true,
      })
      expect(
        await registry.setConfig(subject, { alias: 'b' }, { keep: ['alias', 'normalize', 'compatibility', 'compatibilityGroup'] }),
      ).toEqual({
        compatibility: 'FULL',
        normalize: true,
        alias: 'b',
      })
      await everywhere(context, async (other) =>
        expect(await other.config(subject)).toEqual({ compatibility: 'FULL', normalize: true, alias: 'b' }),
      )
      await expectCode(registry.setConfig(subject, { alias: 7 as never }, { keep: ['normalize'] }), 'invalid-options')
      expect(await registry.setConfig(subject, { normalize: true }, { keep: [] })).toEqual({ normalize: true })
    },
  },
  {
    name: 'keeps metadata and rule set, and takes a schema with others for another one',
    async run(context) {
      const { registry } = context
      const subject = freshSubject()
      const schema = freshRecord()
      const metadata = { tags: { '/a': ['PII'] }, properties: { owner: 'ü€' } }
      const ruleSet = { domainRules: [{ name: 'r', kind: 'CONDITION', type: 'CEL', mode: 'WRITE', expr: 'true' }] }
      const bare = await registry.register(subject, schema)
      const contract = await registry.register(subject, { ...schema, metadata, ruleSet })
      expect(contract.id).not.toBe(bare.id)
      expect(contract).toMatchObject({ version: 2, metadata, ruleSet })
      expect(
        await registry.register(subject, { ...schema, ruleSet, metadata: { properties: metadata.properties, tags: metadata.tags } }),
      ).toEqual(contract)
      await everywhere(context, async (other) => {
        expect(await other.schemaById(contract.id)).toEqual({ id: contract.id, ...schema, metadata, ruleSet })
        expect(await other.schemaById(bare.id)).toEqual({ id: bare.id, ...schema })
        expect(await other.lookup(subject, { ...schema, metadata, ruleSet })).toEqual(contract)
      })
      await expectCode(registry.register(subject, { ...schema, metadata: [] as unknown as Record<string, unknown> }), 'invalid-schema')
    },
  },
]
