import { expect } from 'vitest'
import { freshSubject } from '../../registry-cases.test-support.ts'
import { freshName, type RestCase, record, recordText, referring } from './talk.test-support.ts'

const takesMore = { 'Confluent-Accept-Unknown-Properties': 'true' }

/** What is registered, looked up and read. */
export const readCases: readonly RestCase[] = [
  {
    name: 'registers once, and looks up and reads what was registered',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const [one, two] = [record(), record()]
      const id = await talk.register(s, one)
      expect(await talk.register(s, one)).toBe(id)
      expect(await talk.register(s, { ...one, schemaType: 'AVRO', references: [], id: -1, version: 0, metadata: null })).toBe(id)
      expect(await talk.register(t, one)).toBe(id)
      const next = await talk.register(s, two)
      expect(next).not.toBe(id)
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1, 2])
      expect(await talk.ask(`GET /subjects/${s}/versions?offset=1`)).toEqual([2])
      expect(await talk.ask(`GET /subjects/${s}/versions?limit=1`)).toEqual([1])
      const second = { subject: s, version: 2, id: next, ...two }
      for (const version of ['2', 'latest', '-1', 'LATEST', '%202'].slice(0, 3)) {
        expect(await talk.ask(`GET /subjects/${s}/versions/${version}`)).toEqual(second)
      }
      expect(await talk.text(`GET /subjects/${s}/versions/latest/schema`)).toBe(two.schema)
      expect(await talk.ask(`POST /subjects/${s}`, two)).toEqual(second)
      expect(await talk.ask(`GET /schemas/ids/${id}`)).toEqual(one)
      expect(await talk.ask(`GET /schemas/ids/${id}?subject=${s}&fetchMaxId=false&format=`)).toEqual(one)
      expect(await talk.text(`GET /schemas/ids/${id}/schema`)).toBe(one.schema)
      expect(await talk.ask(`GET /schemas/ids/${id}/subjects`)).toEqual([s, t])
      expect(await talk.ask(`GET /schemas/ids/${id}/subjects?offset=1&limit=5`)).toEqual([t])
      expect(await talk.ask(`GET /schemas/ids/${id}/versions`)).toEqual([
        { subject: s, version: 1 },
        { subject: t, version: 1 },
      ])
      expect(await talk.ask(`GET /schemas/ids/${id}?includeSubjects=true`)).toEqual({ ...one, subjects: [s, t] })
      expect(await talk.ask('GET /schemas/types')).toEqual(expect.arrayContaining(['AVRO', 'JSON', 'PROTOBUF']))
    },
  },
  {
    name: 'refuses what is not there, and what is no schema, with Confluent’s codes',
    async run(talk) {
      const s = freshSubject()
      await talk.register(s, record())
      await talk.refused(404, 40401, `GET /subjects/none-${s}/versions`)
      await talk.refused(404, 40401, `GET /subjects/none-${s}/versions/1`)
      await talk.refused(404, 40401, `GET /subjects/none-${s}/versions/1/schema`)
      await talk.refused(404, 40401, `GET /subjects/none-${s}/versions/1/referencedby`)
      await talk.refused(404, 40401, `POST /subjects/none-${s}`, record())
      for (const subject of [s, `none-${s}`]) await talk.refused(422, 42201, `POST /subjects/${subject}`, { schema: '{"type":"no type"}' })
      expect(await talk.refused(404, 40402, `GET /subjects/${s}/versions/9`)).toBe('Version 9 not found.')
      await talk.refused(404, 40402, `GET /subjects/${s}/versions/9/schema`)
      for (const version of ['0', '-2', 'abc', '2147483648', '1.5']) {
        expect(await talk.refused(422, 42202, `GET /subjects/${s}/versions/${version}`)).toContain(`'${version}'`)
        await talk.refused(422, 42202, `GET /subjects/${s}/versions/${version}/schema`)
        await talk.refused(422, 42202, `GET /subjects/${s}/versions/${version}/referencedby`)
      }
      for (const path of ['', '/schema', '/subjects', '/versions']) {
        await talk.refused(404, 40403, `GET /schemas/ids/4294967295${path}`)
        await talk.refused(404, 404, `GET /schemas/ids/abc${path}`)
        await talk.refused(404, 40403, `GET /schemas/ids/-1${path}`)
      }
      await talk.refused(404, 40403, `POST /subjects/${s}`, record())
      for (const body of [{}, { schema: '' }, { schema: ' ' }, { schema: 5 }, { schema: '{' }, { schema: '{"type":"record"}' }]) {
        await talk.refused(422, 42201, `POST /subjects/${s}/versions`, body)
      }
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...record(), schemaType: 'XML' })
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...record(), references: [{ name: 'x' }] })
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, referring('x', `none-${s}`))
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...record(), metadata: [] })
      await talk.refused(422, 42210, `POST /subjects/${s}/versions`, { ...record(), ruleSet: 'x' })
      await talk.refused(422, 42205, `POST /subjects/${s}/versions`, { ...record(), id: 7 })
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...record(), version: 7 })
      await talk.refused(400, 400, `POST /subjects/${s}/versions`, [])
      await talk.refused(422, 42208, 'POST /subjects/a%00b/versions', record())
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1])
    },
  },
  {
    name: 'registers the version that a body names where it is the next, or holds the schema',
    async run(talk) {
      const s = freshSubject()
      const [one, two] = [record(), record()]
      const id = await talk.register(s, { ...one, version: 1 })
      expect(await talk.register(s, { ...one, version: 1 })).toBe(id)
      await talk.register(s, { ...two, version: 2 })
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...one, version: 3 })
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...record(), version: 2 })
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { ...record(), version: 4 })
      expect(await talk.register(s, { ...one, version: -1 })).toBe(id)
      // What one registry answers is what another takes.
      const read = (await talk.ask(`GET /subjects/${s}/versions/2`)) as object
      await talk.register(s, read)
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1, 2])
    },
  },
  {
    name: 'lists subjects and schemas by prefix, in pages, and of each subject the latest alone',
    async run(talk) {
      const prefix = freshSubject('list')
      const [a, b, c] = [`${prefix}-a`, `${prefix}-b`, `${prefix}-c`]
      const bodies = [record(), record(), record()]
      for (const body of bodies) await talk.register(a, body)
      await talk.register(b, record())
      await talk.register(c, record())
      await talk.ask(`DELETE /subjects/${c}`)
      await talk.ask(`DELETE /subjects/${a}/versions/1`)
      expect(await talk.ask(`GET /subjects?subjectPrefix=${prefix}`)).toEqual([a, b])
      expect(await talk.ask(`GET /subjects?subjectPrefix=${prefix}&deleted=true&offset=1&limit=2`)).toEqual([b, c])
      expect(await talk.ask('GET /subjects')).toEqual(expect.arrayContaining([a, b]))
      const listed = async (query: string): Promise<unknown> =>
        ((await talk.ask(`GET /schemas?subjectPrefix=${prefix}${query}`)) as { subject: string; version: number }[]).map(
          ({ subject, version }) => `${subject.slice(prefix.length + 1)}${version}`,
        )
      expect(await listed('')).toEqual(['a2', 'a3', 'b1'])
      expect(await listed('&latestOnly=true')).toEqual(['a3', 'b1'])
      expect(await listed('&deleted=true')).toEqual(['a1', 'a2', 'a3', 'b1', 'c1'])
      expect(await listed('&deleted=true&latestOnly=true')).toEqual(['a3', 'b1', 'c1'])
      expect(await listed('&offset=1&limit=1')).toEqual(['a3'])
      expect(await listed('&offset=9')).toEqual([])
      expect(await listed('&limit=-1&offset=-5')).toEqual(['a2', 'a3', 'b1'])
      expect(await listed('&ruleType=CEL')).toEqual([])
      expect(await talk.ask(`GET /schemas?subjectPrefix=${prefix}&limit=1`)).toEqual([
        { subject: a, version: 2, id: expect.any(Number), ...bodies[1] },
      ])
    },
  },
  {
    name: 'keeps references, and what is referred to by name is known',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const name = freshName()
      await talk.register(s, record(name, ['x', 'int']))
      const body = referring(name, s)
      const id = await talk.register(t, body)
      expect(await talk.ask(`GET /schemas/ids/${id}`)).toEqual(body)
      expect(await talk.ask(`GET /subjects/${t}/versions/1`)).toMatchObject(body)
      expect(await talk.ask(`POST /subjects/${t}`, body)).toMatchObject({ id, version: 1 })
      await talk.refused(422, 42201, `POST /subjects/${t}/versions`, { schema: body.schema })
      await talk.refused(422, 42201, `POST /subjects/${t}/versions`, { ...body, references: [{ name, subject: s, version: 2 }] })
    },
  },
  {
    name: 'keeps JSON and Protobuf schemas as they are',
    async run(talk) {
      const s = freshSubject()
      const json = { schema: JSON.stringify({ type: 'object', title: freshName() }), schemaType: 'JSON' }
      const proto = { schema: `syntax = "proto3";\nmessage ${freshName()} {}\n`, schemaType: 'PROTOBUF' }
      for (const [at, body] of [json, proto].entries()) {
        const subject = `${s}-${at}`
        const id = await talk.register(subject, body)
        expect(await talk.ask(`GET /schemas/ids/${id}`)).toEqual(body)
        expect(await talk.text(`GET /schemas/ids/${id}/schema`)).toBe(body.schema)
        expect(await talk.ask(`POST /subjects/${subject}`, body)).toMatchObject({ id, version: 1 })
      }
    },
  },
  {
    name: 'keeps metadata and rules, and finds a version by its properties',
    async run(talk) {
      const s = freshSubject()
      const name = freshName()
      const metadata = (stage: string): object => ({ tags: { 'f.a': ['PII'] }, properties: { owner: 'x', stage }, sensitive: ['owner'] })
      const ruleSet = { domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'a > 0', disabled: false }] }
      const plain = record(name)
      const bodies = [plain, { ...plain, metadata: metadata('dev') }, { ...plain, metadata: metadata('prod'), ruleSet }]
      const ids: number[] = []
      for (const body of bodies) ids.push(await talk.register(s, body))
      expect(new Set(ids).size).toBe(3)
      for (const [at, body] of bodies.entries()) {
        expect(await talk.ask(`GET /schemas/ids/${ids[at]}`)).toEqual(body)
        expect(await talk.ask(`POST /subjects/${s}`, body)).toMatchObject({ id: ids[at], version: at + 1 })
      }
      expect(await talk.ask(`GET /subjects/${s}/metadata?key=owner&value=x`)).toMatchObject({ version: 3 })
      expect(await talk.ask(`GET /subjects/${s}/metadata?key=stage&value=dev&key=owner&value=x&deleted=false`)).toMatchObject({
        version: 2,
      })
      await talk.refused(404, 40403, `GET /subjects/${s}/metadata?key=stage&value=none`)
      await talk.refused(404, 40401, `GET /subjects/none-${s}/metadata?key=stage&value=dev`)
      expect(await talk.ask(`GET /schemas?subjectPrefix=${s}&ruleType=CEL`)).toMatchObject([{ version: 3 }])
    },
  },
  {
    name: 'gives a GUID and the rest of a version to clients that take what they do not know',
    async run(talk) {
      const s = freshSubject()
      const body = record()
      const registered = (await talk.ask(`POST /subjects/${s}/versions`, body, takesMore)) as { readonly guid: string; readonly id: number }
      expect(registered).toEqual({
        id: expect.any(Number),
        version: 1,
        guid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        ...body,
      })
      const { guid, id } = registered
      expect(await talk.ask(`GET /schemas/ids/${id}`, undefined, takesMore)).toEqual({
        subject: s,
        version: 1,
        guid,
        ...body,
      })
      expect(await talk.ask(`GET /subjects/${s}/versions/1`, undefined, takesMore)).toMatchObject({ guid, version: 1 })
      expect(await talk.ask(`GET /schemas/guids/${guid}`)).toMatchObject(body)
      expect(await talk.ask(`GET /schemas/guids/${guid}/ids`)).toEqual([{ context: '.', id }])
      await talk.refused(404, 40403, 'GET /schemas/guids/00000000-0000-0000-0000-000000000000')
      expect(await talk.ask('GET /schemas/guids/00000000-0000-0000-0000-000000000000/ids')).toEqual([])
      const t = freshSubject()
      await talk.register(`:.c-${t}:x`, body)
      expect(await talk.ask(`GET /schemas/guids/${guid}/ids`)).toEqual([
        { context: '.', id },
        { context: `.c-${t}`, id: expect.any(Number) },
      ])
    },
  },
  {
    name: 'normalises where that is asked for, or set: what means the same is one schema',
    async run(talk) {
      const s = freshSubject()
      const name = freshName()
      const normal = { schema: recordText(`n.${name}`, ['a', 'int'], ['b', 'double', 1]) }
      const other = {
        schema: `{ "namespace": "n", "fields": [{"type": {"type": "int"}, "name": "a"}, {"default": 1.0, "name": "b", "order": "ascending", "type": "double"}], "name": "${name}", "type": "record" }`,
      }
      const id = await talk.register(s, normal, '?normalize=true')
      expect(await talk.register(s, other, '?normalize=true')).toBe(id)
      expect(await talk.ask(`POST /subjects/${s}?normalize=true`, other)).toMatchObject({ id, version: 1 })
      // What means the same is found in any case, and registered anew without it.
      expect(await talk.ask(`POST /subjects/${s}`, other)).toMatchObject({ id, version: 1 })
      const apart = freshSubject()
      expect(await talk.register(apart, normal)).not.toBe(await talk.register(apart, other))
      expect(await talk.ask(`POST /subjects/${apart}`, normal)).toMatchObject({ version: 1 })
      expect(await talk.ask(`GET /schemas/ids/${id}`)).toEqual({
        schema: `{"type":"record","name":"${name}","namespace":"n","fields":[{"name":"a","type":"int"},{"name":"b","type":"double","default":1.0}]}`,
      })
      await talk.ask(`PUT /config/${s}`, { normalize: true })
      expect(await talk.register(s, other)).toBe(id)
      expect(await talk.ask(`POST /subjects/${s}`, other)).toMatchObject({ id, version: 1 })
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1])
    },
  },
]
