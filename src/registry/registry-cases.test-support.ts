import { expect } from 'vitest'
import { type ErrorCode, isEvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { type Registry, referencedTexts } from './index.ts'

/** What registries may do in one way or another. */
export interface RegistryTraits {
  /** Schemas that differ in white space alone are one schema. */
  readonly ignoresWhitespace: boolean
  /** How many may add versions to one subject at the same time. */
  readonly concurrentVersions: number
  /** Those that register one schema at once get one version. Otherwise they get one ID, and may find it under two versions. */
  readonly oneVersionAtOnce: boolean
}

/** What a case is given. The registry may hold other things already. */
export interface RegistryCaseContext {
  readonly registry: Registry
  readonly traits: RegistryTraits
}

/** One thing that every registry does. */
export interface RegistryCase {
  readonly name: string
  run(context: RegistryCaseContext): Promise<void>
}

let counter = 0
const draft07 = 'http://json-schema.org/draft-07/schema#'

/** A subject that no other case uses. */
export function freshSubject(prefix = 'case'): string {
  counter += 1
  return `${prefix}-${counter}-${Date.now().toString(36)}`
}

/** An Avro record that no other case uses, with the fields given. */
export function freshRecord(fields: readonly object[] = [{ name: 'a', type: 'int' }], extra: object = {}): SchemaText {
  counter += 1
  return avroText({ type: 'record', name: `R${counter}_${Date.now().toString(36)}`, fields, ...extra })
}

export function avroText(schema: unknown, indent?: number): SchemaText {
  return { format: 'AVRO', text: JSON.stringify(schema, null, indent) }
}

/** Asserts that the promise is rejected with an `EvolveError` of this code, and gives it. */
export async function expectCode(promise: Promise<unknown>, code: ErrorCode): Promise<Error & { readonly code: ErrorCode }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) throw new Error(`expected ${code}, got the value ${JSON.stringify(outcome.value)}`)
  if (!isEvolveError(outcome.error)) throw outcome.error
  expect(outcome.error.code, outcome.error.message).toBe(code)
  return outcome.error
}

export const registryCases: readonly RegistryCase[] = [
  {
    name: 'gives a new schema an ID and version 1, and gives it back',
    async run({ registry }) {
      const subject = freshSubject()
      const schema = freshRecord()
      const registered = await registry.register(subject, schema)
      expect(registered).toEqual({ subject, version: 1, id: registered.id, format: 'AVRO', text: schema.text })
      expect(await registry.schemaById(registered.id)).toEqual({ id: registered.id, format: 'AVRO', text: schema.text })
      expect(Object.isFrozen(registered)).toBe(true)
    },
  },
  {
    name: 'registers the same schema once',
    async run({ registry }) {
      const subject = freshSubject()
      const schema = freshRecord()
      const first = await registry.register(subject, schema)
      expect(await registry.register(subject, { ...schema })).toEqual(first)
      expect(await registry.versions(subject)).toEqual([1])
    },
  },
  {
    name: 'has one ID for one schema in all subjects',
    async run({ registry }) {
      const schema = freshRecord()
      const [a, b] = [freshSubject(), freshSubject()]
      await registry.register(b, freshRecord())
      const inA = await registry.register(a, schema)
      const inB = await registry.register(b, schema)
      expect(inB).toEqual({ ...inA, subject: b, version: 2 })
    },
  },
  {
    name: 'takes white space between tokens as no difference, or as one, but keeps its word',
    async run({ registry, traits }) {
      const subject = freshSubject()
      const compact = freshRecord()
      const spaced = avroText(JSON.parse(compact.text), 2)
      const first = await registry.register(subject, compact)
      const second = await registry.register(subject, spaced)
      expect(second.id === first.id).toBe(traits.ignoresWhitespace)
      expect((await registry.schemaById(first.id)).text).toBe(compact.text)
      expect((await registry.schemaById(second.id)).text).toBe(traits.ignoresWhitespace ? compact.text : spaced.text)
    },
  },
  {
    name: 'takes comments in an Avro schema, and keeps it without',
    async run({ registry }) {
      const subject = freshSubject()
      const { text } = freshRecord([{ name: 'a', type: 'int', doc: 'see http://a.b /* here */' }])
      const commented: SchemaText = { format: 'AVRO', text: `// by hand\n${text.replace('{', '{ /* a record */ ')}` }
      const first = await registry.register(subject, commented)
      expect(await registry.register(subject, commented)).toEqual(first)
      expect(await registry.lookup(subject, commented)).toEqual(first)
      expect(JSON.parse((await registry.schemaById(first.id)).text)).toEqual(JSON.parse(text))
      expect(JSON.parse((await registry.latest(subject)).text)).toEqual(JSON.parse(text))
    },
  },
  {
    name: 'never gives one ID to two schemas that differ in the order of keys, in a number or in a text',
    async run({ registry }) {
      const { text } = freshRecord([{ name: 'n', type: 'long', default: 1 }])
      const variants = [
        text,
        text.replace('"name":"n","type":"long"', '"type":"long","name":"n"'),
        text.replace(':1}', ':9007199254740992}'),
        text.replace(':1}', ':9007199254740993}'),
        text.replace('"default"', '"doc":"a b","default"'),
        text.replace('"default"', '"doc":"ab","default"'),
        text.replace('"default"', '"doc":"a  b","default"'),
      ]
      const subject = freshSubject()
      const ids: number[] = []
      for (const variant of variants) ids.push((await registry.register(subject, { format: 'AVRO', text: variant })).id)
      expect(new Set(ids).size).toBe(variants.length)
      for (const [at, id] of ids.entries()) expect((await registry.schemaById(id)).text).toBe(variants[at])
    },
  },
  {
    name: 'counts versions from 1 and finds each, the latest and the one that holds a schema',
    async run({ registry }) {
      const subject = freshSubject()
      const schemas = [freshRecord(), freshRecord(), freshRecord()]
      for (const [at, schema] of schemas.entries())
        expect(await registry.register(subject, schema)).toMatchObject({ version: at + 1, subject })
      expect(await registry.versions(subject)).toEqual([1, 2, 3])
      for (const [at, schema] of schemas.entries()) {
        const version = await registry.version(subject, at + 1)
        expect(version).toMatchObject({ subject, version: at + 1, text: schema.text, format: 'AVRO' })
        expect(await registry.lookup(subject, schema)).toEqual(version)
      }
      expect(await registry.latest(subject)).toEqual(await registry.version(subject, 3))
    },
  },
  {
    name: 'keeps an old version where it is when it is registered again',
    async run({ registry }) {
      const subject = freshSubject()
      const [old, recent] = [freshRecord(), freshRecord()]
      const first = await registry.register(subject, old)
      await registry.register(subject, recent)
      expect(await registry.register(subject, old)).toEqual(first)
      expect(await registry.latest(subject)).toMatchObject({ version: 2, text: recent.text })
    },
  },
  {
    name: 'says subject-not-found',
    async run({ registry }) {
      const subject = freshSubject('nowhere')
      await expectCode(registry.versions(subject), 'subject-not-found')
      await expectCode(registry.latest(subject), 'subject-not-found')
      await expectCode(registry.version(subject, 1), 'subject-not-found')
      await expectCode(registry.lookup(subject, freshRecord()), 'subject-not-found')
      await registry.register(subject, freshRecord())
    },
  },
  {
    name: 'says version-not-found, and takes no number for "latest"',
    async run({ registry }) {
      const subject = freshSubject()
      await registry.register(subject, freshRecord())
      for (const version of [2, 2 ** 31 - 1, 0, -1, 1.5, Number.NaN, 2 ** 40])
        await expectCode(registry.version(subject, version), 'version-not-found')
    },
  },
  {
    name: 'says schema-not-found for IDs up to 2^32 - 1, and invalid-options for what is none',
    async run({ registry }) {
      for (const id of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) await expectCode(registry.schemaById(id), 'schema-not-found')
      for (const id of [-1, 0.5, 2 ** 32, Number.NaN]) await expectCode(registry.schemaById(id), 'invalid-options')
    },
  },
  {
    name: 'says schema-not-in-subject, also of a schema that another subject has',
    async run({ registry }) {
      const [here, elsewhere] = [freshSubject(), freshSubject()]
      await registry.register(here, freshRecord())
      const { text, format } = await registry.register(elsewhere, freshRecord())
      await expectCode(registry.lookup(here, { text, format }), 'schema-not-in-subject')
      await expectCode(registry.lookup(here, freshRecord()), 'schema-not-in-subject')
    },
  },
  {
    name: 'refuses what is no schema, and then nothing is registered',
    async run({ registry }) {
      const subject = freshSubject()
      for (const text of ['', '  ', '{', 'record', '{"type":"record"', '42', 'null', 'true', '"a']) {
        await expectCode(registry.register(subject, { format: 'AVRO', text }), 'invalid-schema')
      }
      await expectCode(registry.register(subject, { format: 'XML' as 'AVRO', text: '"int"' }), 'invalid-schema')
      await expectCode(registry.register(subject, { format: 'AVRO', text: undefined as unknown as string }), 'invalid-schema')
      await expectCode(registry.register(subject, { format: 'AVRO', text: `"${'x'.repeat(1024 * 1024)}"` }), 'limit-exceeded')
      await expectCode(registry.versions(subject), 'subject-not-found')
    },
  },
  {
    name: 'keeps subjects with any characters apart',
    async run({ registry }) {
      const names = ['a/b c', 'a%2Fb c', 'ü€🚀', '?q=1&x#y', '+', '%', ':.ctx:s', '__proto__', 'constructor', "it's", 'latest', '...', ' ']
      const subjects = names.map((name) =>
        name === '__proto__' || name === 'constructor' || name === '...' ? name : `${name}${freshSubject('')}`,
      )
      const schemas = new Map<string, SchemaText>()
      for (const subject of subjects) {
        const schema = freshRecord()
        schemas.set(subject, schema)
        await registry.register(subject, schema)
      }
      for (const [subject, { text }] of schemas) expect(await registry.latest(subject)).toMatchObject({ subject, text, version: 1 })
    },
  },
  {
    name: 'refuses what cannot be a subject',
    async run({ registry }) {
      for (const subject of ['', '.', '..', 'a\nb', 'a\0', '\ud800', 'x'.repeat(1025), undefined as unknown as string]) {
        await expectCode(registry.register(subject, freshRecord()), 'invalid-options')
        await expectCode(registry.versions(subject), 'invalid-options')
        await expectCode(registry.latest(subject), 'invalid-options')
        await expectCode(registry.version(subject, 1), 'invalid-options')
        await expectCode(registry.lookup(subject, freshRecord()), 'invalid-options')
      }
    },
  },
  {
    name: 'gives 50 that register one new schema at once the same ID',
    async run({ registry, traits }) {
      const subject = freshSubject()
      const schema = freshRecord()
      const answers = await Promise.all(Array.from({ length: 50 }, () => registry.register(subject, { ...schema })))
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      if (!traits.oneVersionAtOnce) return
      for (const answer of answers) expect(answer).toEqual(answers[0])
      expect(await registry.versions(subject)).toEqual([1])
    },
  },
  {
    name: 'gives those that register different schemas at once IDs and versions of their own',
    async run({ registry, traits }) {
      const subject = freshSubject()
      const schemas = Array.from({ length: traits.concurrentVersions }, () => freshRecord())
      const answers = await Promise.all(schemas.map((schema) => registry.register(subject, schema)))
      expect(new Set(answers.map(({ id }) => id)).size).toBe(schemas.length)
      expect(answers.map(({ version }) => version).sort((a, b) => a - b)).toEqual(await registry.versions(subject))
      for (const [at, { id }] of answers.entries()) expect((await registry.schemaById(id)).text).toBe(schemas[at]?.text)
    },
  },
  {
    name: 'gives texts back character for character',
    async run({ registry }) {
      const subject = freshSubject()
      const { text } = freshRecord([{ name: '__proto__', type: 'string', default: 'x', doc: 'ü€🚀 \u2028 \u0007 "quoted" \\ /' }], {
        __proto__x: { constructor: 1 },
      })
      const texts = [
        text,
        text.replace(',"doc"', ', \t"doc"').replace('ü', '\\u00fc'),
        text.replace('"default":"x"', `"default":"${'long '.repeat(20_000)}"`),
        text.replace('"default":"x"', '"default":"\\ud800"'),
      ]
      for (const one of texts) {
        const { id } = await registry.register(subject, { format: 'AVRO', text: one })
        expect((await registry.schemaById(id)).text).toBe(one)
        expect((await registry.latest(subject)).text).toBe(one)
      }
      expect(Object.hasOwn(Object.prototype, 'constructor') && ({} as Record<string, unknown>).x).toBe(undefined)
    },
  },
  {
    name: 'keeps JSON Schema and Protocol Buffers apart from Avro',
    async run({ registry }) {
      const subject = freshSubject()
      counter += 1
      const json: SchemaText = {
        format: 'JSON',
        text: JSON.stringify({ $schema: draft07, type: 'object', title: `T${counter}${Date.now()}` }),
      }
      const proto: SchemaText = {
        format: 'PROTOBUF',
        text: `syntax = "proto3";\n\nmessage M${counter}${Date.now()} {\n  string a = 1;\n}\n`,
      }
      for (const schema of [json, proto]) {
        const { id } = await registry.register(`${subject}-${schema.format}`, schema)
        expect(await registry.schemaById(id)).toEqual({ id, ...schema })
        expect(await registry.lookup(`${subject}-${schema.format}`, schema)).toMatchObject({ version: 1, ...schema })
      }
    },
  },
  {
    name: 'keeps references, and a schema with other references is another schema',
    async run({ registry }) {
      const [base, middle, top] = [freshSubject('base'), freshSubject('middle'), freshSubject('top')]
      const { text: innerText } = await registry.register(base, freshRecord())
      const innerName = (JSON.parse(innerText) as { name: string }).name
      const inner = { name: innerName, subject: base, version: 1 }
      const middleSchema: SchemaText = { ...freshRecord([{ name: 'inner', type: innerName }]), references: [inner] }
      const middleName = (JSON.parse(middleSchema.text) as { name: string }).name
      const registered = await registry.register(middle, middleSchema)
      expect(registered.references).toEqual([inner])
      expect(await registry.schemaById(registered.id)).toEqual({ id: registered.id, ...middleSchema })
      const references = [{ name: middleName, subject: middle, version: 1 }, inner]
      const topSchema: SchemaText = {
        ...freshRecord([
          { name: 'm', type: middleName },
          { name: 'i', type: innerName },
        ]),
        references,
      }
      const whole = await registry.register(top, topSchema)
      expect(await referencedTexts(registry, whole)).toEqual([innerText, middleSchema.text])
      expect(await registry.lookup(top, topSchema)).toEqual(whole)
      // The other schema is found through this one: what it says is the same.
      await expectCode(registry.lookup(top, { ...topSchema, references: references.slice(0, 1) }), 'schema-not-in-subject')
    },
  },
  {
    name: 'refuses references to what is not registered',
    async run({ registry }) {
      const subject = freshSubject()
      const reference = { name: 'X', subject: freshSubject('nowhere'), version: 1 }
      await expectCode(
        registry.register(subject, { ...freshRecord([{ name: 'x', type: 'X' }]), references: [reference] }),
        'invalid-schema',
      )
      await expectCode(registry.register(subject, { ...freshRecord(), references: [{ ...reference, version: 0 }] }), 'invalid-schema')
      await expectCode(registry.register(subject, { ...freshRecord(), references: [{} as typeof reference] }), 'invalid-schema')
      await expectCode(registry.versions(subject), 'subject-not-found')
    },
  },
  {
    name: 'rejects with the reason of a signal that is aborted, and does nothing then',
    async run({ registry }) {
      const subject = freshSubject()
      const reason = new Error('enough')
      const options = { signal: AbortSignal.abort(reason) }
      await expect(registry.register(subject, freshRecord(), options)).rejects.toBe(reason)
      await expect(registry.schemaById(1, options)).rejects.toBe(reason)
      await expect(registry.versions(subject, options)).rejects.toBe(reason)
      await expect(registry.version(subject, 1, options)).rejects.toBe(reason)
      await expect(registry.latest(subject, options)).rejects.toBe(reason)
      await expect(registry.lookup(subject, freshRecord(), options)).rejects.toBe(reason)
      await expectCode(registry.versions(subject), 'subject-not-found')
    },
  },
]
