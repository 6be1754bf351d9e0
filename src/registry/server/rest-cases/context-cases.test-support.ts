import { expect } from 'vitest'
import { freshSubject } from '../../registry-cases.test-support.ts'
import { freshName, type RestCase, record, referring } from './talk.test-support.ts'

/** Contexts, in subjects and in front of paths. */
export const contextCases: readonly RestCase[] = [
  {
    name: 'keeps contexts apart: each has subjects and IDs of its own',
    async run(talk) {
      const s = freshSubject()
      const c = `.c-${s}`
      const subject = `:${c}:${s}`
      const body = record()
      await talk.register(s, record())
      const id = await talk.register(subject, body)
      expect(await talk.ask(`GET /subjects/${subject}/versions/1`)).toEqual({ subject, version: 1, id, ...body })
      expect(await talk.ask(`GET /schemas/ids/${id}?subject=${subject}`)).toEqual(body)
      expect(await talk.ask(`GET /schemas/ids/${id}?subject=:${c}:`)).toEqual(body)
      expect(await talk.ask(`GET /schemas/ids/${id}/versions?subject=:${c}:`)).toEqual([{ subject, version: 1 }])
      expect(await talk.ask(`GET /subjects?subjectPrefix=:${c}:`)).toEqual([subject])
      expect(await talk.ask(`GET /subjects?subjectPrefix=:*:${s}`)).toEqual([subject, s])
      expect(await talk.ask(`GET /subjects?subjectPrefix=${s}`)).toEqual([s])
      expect(await talk.ask('GET /contexts')).toEqual(expect.arrayContaining(['.', c]))
      expect(await talk.ask(`GET /contexts?contextPrefix=${c}&limit=1`)).toEqual([c])
      expect(await talk.ask(`GET /subjects/:.:${s}/versions`)).toEqual([1])
      await talk.refused(422, 42208, `POST /subjects/:${c}:/versions`, record())
      await talk.refused(422, 42211, `DELETE /contexts/${c}`)
      await talk.ask(`DELETE /subjects/${subject}`)
      await talk.ask(`DELETE /subjects/${subject}?permanent=true`)
      await talk.silent(`DELETE /contexts/${c}`)
      expect(await talk.ask('GET /contexts')).not.toContain(c)
    },
  },
  {
    name: 'takes a context in front of a path for one in the subject',
    async run(talk) {
      const s = freshSubject()
      const c = `.c-${s}`
      const at = `/contexts/${c}`
      const subject = `:${c}:${s}`
      const body = record()
      const { id } = (await talk.ask(`POST ${at}/subjects/${s}/versions`, body)) as { readonly id: number }
      for (const front of [at, `/contexts/:${c}:`, `/contexts/${c.slice(1)}`]) {
        expect(await talk.ask(`GET ${front}/subjects/${s}/versions`)).toEqual([1])
        expect(await talk.ask(`GET ${front}/subjects`)).toEqual([subject])
      }
      expect(await talk.ask(`GET ${at}/subjects/${s}/versions/latest`)).toEqual({ subject, version: 1, id, ...body })
      expect(await talk.ask(`GET ${at}/subjects/${subject}/versions`)).toEqual([1])
      expect(await talk.ask(`POST ${at}/subjects/${s}`, body)).toMatchObject({ subject, id })
      expect(await talk.ask(`GET ${at}/schemas/ids/${id}`)).toEqual(body)
      expect(await talk.ask(`GET ${at}/schemas`)).toMatchObject([{ subject }])
      expect(await talk.ask(`PUT ${at}/config`, { compatibility: 'FULL' })).toEqual({ compatibility: 'FULL' })
      expect(await talk.ask(`GET ${at}/config`)).toEqual({ compatibilityLevel: 'FULL' })
      expect(await talk.ask(`GET /config/:${c}:`)).toEqual({ compatibilityLevel: 'FULL' })
      await talk.refused(404, 40408, `GET ${at}/config/${s}`)
      expect(await talk.ask(`GET ${at}/config/${s}?defaultToGlobal=true`)).toMatchObject({ compatibilityLevel: 'FULL' })
      await talk.refused(409, 409, `POST ${at}/subjects/${s}/versions`, record(freshName(), ['x', 'int']))
      expect(await talk.ask(`POST ${at}/compatibility/subjects/${s}/versions`, record(freshName(), ['x', 'int']))).toEqual({
        is_compatible: false,
      })
      expect(await talk.ask(`PUT ${at}/mode/${s}`, { mode: 'READONLY' })).toEqual({ mode: 'READONLY' })
      expect(await talk.ask(`GET /mode/${subject}`)).toEqual({ mode: 'READONLY' })
      await talk.refused(400, 400, 'GET /contexts/a:b/subjects')
      expect(await talk.ask('GET /contexts/:.:/config')).toEqual(await talk.ask('GET /config'))
    },
  },
  {
    name: 'finds a subject without its context where the default one has none of that name, and an ID where the subject is',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const c = `:.c-${s}:`
      const [one, two] = [record(), record()]
      const id = await talk.register(`${c}${s}`, one)
      const there = { subject: `${c}${s}`, version: 1, id }
      expect(await talk.ask(`GET /subjects/${s}/versions/1`)).toMatchObject(there)
      expect(await talk.ask(`GET /subjects/${s}/versions/latest`)).toMatchObject(there)
      expect(await talk.ask(`POST /subjects/${s}`, one)).toMatchObject(there)
      await talk.refused(404, 40401, `GET /subjects/${s}/versions`)
      await talk.refused(404, 40401, `DELETE /subjects/${s}`)
      await talk.refused(404, 40401, `POST /subjects/${s}`, two)
      // The same ID in the default context is another schema.
      let other = await talk.register(t, two)
      while (other < id) other = await talk.register(t, record())
      expect(await talk.ask(`GET /schemas/ids/${id}?subject=${s}`)).toEqual(one)
      expect(await talk.ask(`GET /schemas/ids/${id}?subject=${t}`)).not.toEqual(one)
      expect(await talk.ask(`GET /schemas/ids/${id}`)).not.toEqual(one)
      await talk.register(s, two)
      expect(await talk.ask(`GET /subjects/${s}/versions/1`)).toMatchObject({ subject: s, ...two })
      await talk.refused(404, 40402, `GET /subjects/${s}/versions/2`)
    },
  },
  {
    name: 'looks for what a schema refers to in its own context',
    async run(talk) {
      const s = freshSubject()
      const c = `:.c-${s}:`
      const name = freshName()
      await talk.register(`${c}${s}`, record(name))
      const id = await talk.register(`${c}${s}-r`, referring(name, s))
      await talk.refused(422, 42201, `POST /subjects/${s}-r/versions`, referring(name, s))
      await talk.register(`${s}-r`, referring(name, `${c}${s}`))
      expect(await talk.ask(`GET /schemas/ids/${id}?subject=${c}`)).toMatchObject({ references: [{ name, subject: s, version: 1 }] })
      await talk.refused(422, 42206, `DELETE /subjects/${c}${s}`)
    },
  },
]
