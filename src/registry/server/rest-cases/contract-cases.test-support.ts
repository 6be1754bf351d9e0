import { expect } from 'vitest'
import { freshSubject } from '../../registry-cases.test-support.ts'
import { freshName, type RestCase, record, recordText, referring } from './talk.test-support.ts'

const rule = (name: string, more: object = {}): object => ({ name, kind: 'CONDITION', type: 'CEL', mode: 'WRITE', expr: 'true', ...more })

/** Metadata and rule sets: taken over from version to version, added by a config, checked. And what Confluent's newer clients are told. */
export const contractCases: readonly RestCase[] = [
  {
    name: 'takes metadata and rules of the version before where a schema comes without',
    async run(talk) {
      const s = freshSubject()
      const name = freshName()
      const metadata = { properties: { owner: 'o' } }
      const ruleSet = { domainRules: [rule('one')] }
      const first = await talk.register(s, { ...record(name), metadata, ruleSet })
      expect(await talk.register(s, record(name))).toBe(first)
      expect(await talk.ask(`POST /subjects/${s}`, record(name))).toMatchObject({ id: first, metadata, ruleSet })
      const second = await talk.register(s, record(name, ['a', 'int', 1]))
      expect(await talk.ask(`GET /schemas/ids/${second}`)).toEqual({ ...record(name, ['a', 'int', 1]), metadata, ruleSet })
      const other = { properties: { owner: 'p' } }
      const third = await talk.register(s, { ...record(name, ['a', 'int', 1]), metadata: other })
      expect(await talk.ask(`GET /schemas/ids/${third}`)).toMatchObject({ metadata: other, ruleSet })
      // Without a text, that of the version before.
      const fourth = await talk.register(s, { metadata })
      expect(fourth).toBe(second)
      expect(await talk.register(s, { schema: '', ruleSet: { migrationRules: [rule('up', { mode: 'UPGRADE' })] } })).toBeGreaterThan(third)
      expect(await talk.ask(`GET /subjects/${s}/versions/latest`)).toMatchObject({ version: 4, ...record(name, ['a', 'int', 1]) })
      await talk.refused(422, 42201, `POST /subjects/none-${s}/versions`, { metadata })
    },
  },
  {
    name: 'registers with the metadata and rules that a config gives',
    async run(talk) {
      const s = freshSubject()
      const body = record()
      await talk.ask(`PUT /config/${s}`, {
        defaultMetadata: { properties: { owner: 'nobody', stage: 'dev' }, tags: { a: ['x'] }, sensitive: ['owner'] },
        overrideMetadata: { properties: { stage: 'prod' }, sensitive: ['stage'] },
        defaultRuleSet: { domainRules: [rule('one'), rule('two')] },
        overrideRuleSet: { encodingRules: [rule('code')] },
      })
      const asked = { ...body, metadata: { properties: { owner: 'me' } }, ruleSet: { domainRules: [rule('two', { expr: 'false' })] } }
      const id = await talk.register(s, asked)
      expect(await talk.ask(`GET /schemas/ids/${id}`)).toEqual({
        ...body,
        metadata: { properties: { owner: 'me', stage: 'prod' }, tags: { a: ['x'] }, sensitive: ['owner', 'stage'] },
        ruleSet: { domainRules: [rule('one'), rule('two', { expr: 'false' })], encodingRules: [rule('code')] },
      })
      expect(await talk.register(s, asked)).toBe(id)
      expect(await talk.ask(`POST /subjects/${s}`, asked)).toMatchObject({ id, version: 1 })
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1])
    },
  },
  {
    name: 'refuses rules that no client could carry out',
    async run(talk) {
      const s = freshSubject()
      const flawed: readonly unknown[] = [
        { domainRules: [rule('one', { mode: 'UPGRADE' })] },
        { migrationRules: [rule('one')] },
        { encodingRules: [rule('one', { type: undefined })] },
        { domainRules: [rule('one')], encodingRules: [rule('one')] },
        { domainRules: [rule('no name')] },
        { domainRules: [5] },
        { domainRules: {} },
      ]
      for (const ruleSet of flawed) {
        await talk.refused(422, 42210, `POST /subjects/${s}/versions`, { ...record(), ruleSet })
        await talk.refused(422, 42210, `PUT /config/${s}`, { defaultRuleSet: ruleSet })
        await talk.refused(422, 42210, `PUT /config/${s}`, { overrideRuleSet: ruleSet })
      }
      await talk.refused(404, 40401, `GET /subjects/${s}/versions`)
      await talk.register(s, { ...record(), ruleSet: { domainRules: [rule('é_1-x', { mode: undefined })] } })
    },
  },
  {
    name: 'compares only versions of one compatibility group',
    async run(talk) {
      const s = freshSubject()
      const name = freshName()
      await talk.ask(`PUT /config/${s}`, { compatibility: 'BACKWARD', compatibilityGroup: 'major' })
      const major = (value: string): object => ({ metadata: { properties: { major: value } } })
      await talk.register(s, { ...record(name, ['a', 'int']), ...major('1') })
      await talk.refused(409, 409, `POST /subjects/${s}/versions`, record(name, ['a', 'int'], ['b', 'int']))
      const next = { ...record(name, ['a', 'int'], ['b', 'int']), ...major('2') }
      expect(await talk.ask(`POST /compatibility/subjects/${s}/versions`, next)).toEqual({ is_compatible: true })
      await talk.register(s, next)
      await talk.register(s, { ...record(name, ['a', 'int'], ['c', 'int', 1]), ...major('1') })
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1, 2, 3])
    },
  },
  {
    name: 'finds a schema that comes with what it refers to written out',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const [name, user] = [freshName(), freshName()]
      await talk.register(s, record(name, ['x', 'int']))
      const id = await talk.register(t, { ...record(user, ['r', name]), references: [{ name, subject: s, version: 1 }] })
      const whole = (...fields: Parameters<typeof recordText>[1][]): object =>
        record(user, ['r', JSON.parse(recordText(name, ...fields)) as object])
      expect(await talk.ask(`POST /subjects/${t}`, whole(['x', 'int']))).toMatchObject({ id, version: 1 })
      expect(await talk.register(t, whole(['x', 'int']))).toBe(id)
      await talk.refused(404, 40403, `POST /subjects/${t}`, whole(['x', 'long']))
      await talk.refused(422, 42201, `POST /subjects/${t}`, record(user, ['r', name]))
      await talk.refused(422, 42201, `POST /subjects/${t}/versions`, record(user, ['r', name]))
      expect(await talk.ask(`GET /subjects/${t}/versions`)).toEqual([1])
    },
  },
  {
    name: 'tells a client that takes more where a schema is, and what was deleted',
    async run(talk) {
      const takesMore = { 'Confluent-Accept-Unknown-Properties': 'true' }
      const ask = async (request: string): Promise<unknown> => talk.ask(request, undefined, takesMore)
      const c = `:.c-${freshSubject()}:`
      const [s, t] = [freshSubject(), freshSubject()]
      const name = freshName()
      await talk.register(`${c}${t}`, record(name))
      await talk.register(`${c}${s}`, record())
      const body = referring(name, t)
      const id = await talk.register(`${c}${s}`, body)
      const place = { subject: `${c}${s}`, version: 2 }
      expect(await ask(`GET /schemas/ids/${id}?subject=${c}${s}`)).toEqual({ ...place, ...body, guid: expect.any(String) })
      expect(await ask(`GET /schemas/ids/${id}?subject=${c}`)).not.toHaveProperty('deleted')
      const qualified = { references: [{ name, subject: `${c}${t}`, version: 1 }] }
      expect(await ask(`GET /schemas/ids/${id}?subject=${c}${s}&referenceFormat=qualified`)).toMatchObject(qualified)
      expect(await ask(`GET /subjects/${c}${s}/versions/2?referenceFormat=qualified`)).toMatchObject(qualified)
      await talk.ask(`DELETE /subjects/${c}${s}/versions/2`)
      expect(await ask(`GET /schemas/ids/${id}?subject=${c}${s}`)).toMatchObject({ ...place, deleted: true })
      expect(await ask(`GET /subjects/${c}${s}/versions/2?deleted=true`)).toMatchObject({ ...place, deleted: true })
      expect(await ask(`GET /subjects/${c}${s}/versions/1?deleted=true`)).not.toHaveProperty('deleted')
      expect(await ask(`GET /schemas?subjectPrefix=${c}${s}&deleted=true`)).toMatchObject([{ version: 1 }, { version: 2, deleted: true }])
      expect(await talk.ask(`GET /subjects/${c}${s}/versions/2?deleted=true`)).not.toHaveProperty('deleted')
      expect(await talk.ask('GET /v1/metadata/id')).toMatchObject({ id: '', scope: { path: [], clusters: {} } })
      expect(await talk.ask('GET /v1/metadata/version')).toMatchObject({ version: expect.any(String), commitId: '' })
    },
  },
]
