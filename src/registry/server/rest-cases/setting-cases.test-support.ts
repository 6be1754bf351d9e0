import { expect } from 'vitest'
import { freshSubject } from '../../registry-cases.test-support.ts'
import { freshName, type RestCase, record } from './talk.test-support.ts'

const levels = ['NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD', 'FORWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE']

/** Levels, modes, checks and imports. What holds for all is never left changed. */
export const settingCases: readonly RestCase[] = [
  {
    name: 'sets, shows and takes back a level and what else a config holds',
    async run(talk) {
      const s = freshSubject()
      expect(await talk.refused(404, 40408, `GET /config/${s}`)).toBe(`Subject '${s}' does not have subject-level compatibility configured`)
      const all = await talk.ask('GET /config')
      expect(all).toMatchObject({ compatibilityLevel: expect.any(String) })
      expect(await talk.ask('GET /config?defaultToGlobal=true')).toEqual(all)
      expect(await talk.ask(`GET /config/${s}?defaultToGlobal=true`)).toEqual(all)
      for (const compatibility of levels) {
        expect(await talk.ask(`PUT /config/${s}`, { compatibility })).toEqual({ compatibility })
        expect(await talk.ask(`GET /config/${s}`)).toEqual({ compatibilityLevel: compatibility })
      }
      expect(await talk.ask(`PUT /config/${s}`, { compatibility: 'backward' })).toEqual({ compatibility: 'BACKWARD' })
      expect(await talk.ask(`PUT /config/${s}`, { normalize: true, alias: 'x' })).toEqual({
        compatibility: 'BACKWARD',
        normalize: true,
        alias: 'x',
      })
      expect(await talk.ask(`PUT /config/${s}`, { alias: null })).toEqual({ compatibility: 'BACKWARD', normalize: true })
      expect(await talk.ask(`GET /config/${s}`)).toEqual({ compatibilityLevel: 'BACKWARD', normalize: true })
      for (const body of [{ compatibility: 'SIDEWAYS' }, { compatibility: 5 }]) {
        expect(await talk.refused(422, 42203, `PUT /config/${s}`, body)).toContain('Invalid compatibility level')
      }
      expect(await talk.ask(`DELETE /config/${s}`)).toEqual({ compatibilityLevel: 'BACKWARD', normalize: true })
      await talk.refused(404, 40401, `DELETE /config/${s}`)
      const kept = { validateNewSchemas: true, validateRules: false, aliasForDeks: 'x', compatibilityPolicy: 'STRICT', normalize: false }
      expect(await talk.ask(`PUT /config/${s}`, kept)).toEqual(kept)
      expect(await talk.ask(`DELETE /config/${s}`)).toEqual(kept)
      await talk.refused(404, 40408, `GET /config/${s}`)
    },
  },
  {
    name: 'sets, shows and takes back a mode, and keeps to it',
    async run(talk) {
      const s = freshSubject()
      expect(await talk.refused(404, 40409, `GET /mode/${s}`)).toBe(`Subject '${s}' does not have subject-level mode configured`)
      expect(await talk.ask('GET /mode')).toEqual({ mode: 'READWRITE' })
      expect(await talk.ask(`GET /mode/${s}?defaultToGlobal=true`)).toEqual({ mode: 'READWRITE' })
      const id = await talk.register(s, record())
      for (const mode of ['READONLY', 'READONLY_OVERRIDE']) {
        expect(await talk.ask(`PUT /mode/${s}`, { mode })).toEqual({ mode })
        expect(await talk.ask(`GET /mode/${s}`)).toEqual({ mode })
        await talk.refused(422, 42205, `POST /subjects/${s}/versions`, record())
        await talk.refused(422, 42205, `DELETE /subjects/${s}`)
        await talk.refused(422, 42205, `DELETE /subjects/${s}/versions/1`)
        await talk.refused(422, 42205, `PUT /config/${s}`, { compatibility: 'FULL' })
        expect(await talk.ask(`GET /schemas/ids/${id}/versions`)).toHaveLength(1)
      }
      expect(await talk.refused(422, 42204, `PUT /mode/${s}`, { mode: 'SIDEWAYS' })).toContain('Invalid mode')
      await talk.refused(422, 42204, `PUT /mode/${s}`, {})
      await talk.refused(422, 42205, `PUT /mode/${s}`, { mode: 'IMPORT' })
      expect(await talk.ask(`PUT /mode/${s}?force=True`, { mode: 'IMPORT' })).toEqual({ mode: 'IMPORT' })
      expect(await talk.ask(`DELETE /mode/${s}`)).toEqual({ mode: 'IMPORT' })
      await talk.refused(404, 40401, `DELETE /mode/${s}`)
      await talk.ask(`PUT /mode/${s}`, { mode: 'READONLY' })
      expect(await talk.ask(`PUT /mode/${s}`, { mode: null })).toEqual({ mode: null })
      await talk.refused(404, 40409, `GET /mode/${s}`)
      await talk.ask(`PUT /mode/:.c-${s}:${s}`, { mode: 'READONLY' })
      await talk.refused(404, 40401, `DELETE /mode/:.c-${s}:`)
      expect(await talk.ask(`DELETE /mode/:.c-${s}:?recursive=true`)).toEqual({ mode: null })
      await talk.refused(404, 40409, `GET /mode/:.c-${s}:${s}`)
      expect(await talk.ask(`DELETE /subjects/${s}`)).toEqual([1])
    },
  },
  {
    name: 'imports schemas under the IDs and versions that they have elsewhere',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const taken = await talk.register(t, record())
      const id = taken + 1_000
      const [one, two] = [record(), record()]
      await talk.refused(422, 42205, `POST /subjects/${s}/versions`, { ...one, id, version: 3 })
      await talk.ask(`PUT /mode/${s}`, { mode: 'IMPORT' })
      await talk.refused(422, 42205, `POST /subjects/${s}/versions`, one)
      expect(await talk.register(s, { ...one, id, version: 3 })).toBe(id)
      expect(await talk.register(s, { ...one, id, version: 3 })).toBe(id)
      expect(await talk.register(s, { ...two, id: id + 1, version: 1 })).toBe(id + 1)
      await talk.refused(422, 42205, `POST /subjects/${s}/versions`, { ...record(), id: taken, version: 5 })
      await talk.refused(422, 42205, `POST /subjects/${s}/versions`, { ...record(), id: id + 5, version: 3 })
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1, 3])
      expect(await talk.ask(`GET /schemas/ids/${id}`)).toEqual(one)
      await talk.ask(`DELETE /mode/${s}`)
      expect(await talk.register(s, record())).toBeGreaterThan(id + 1)
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1, 3, 4])
      // What was deleted makes room.
      await talk.ask(`PUT /mode/${s}?force=true`, { mode: 'IMPORT' })
      await talk.ask(`DELETE /subjects/${s}/versions/3`)
      expect(await talk.register(s, { ...two, id: id + 9, version: 3 })).toBe(id + 9)
      expect(await talk.ask(`GET /subjects/${s}/versions/3`)).toMatchObject({ id: id + 9, ...two })
      await talk.ask(`DELETE /mode/${s}`)
    },
  },
  {
    name: 'takes names and defaults that are none where the config says so',
    async run(talk) {
      const s = freshSubject()
      const flawed = [record(freshName(), ['a', 'int', 'x']), record(`a-b.${freshName()}`, ['a', 'int', 1])]
      for (const body of flawed) await talk.refused(422, 42201, `POST /subjects/${s}/versions`, body)
      await talk.ask(`PUT /config/${s}`, { validateNewSchemas: false, compatibility: 'NONE' })
      for (const body of flawed) {
        expect(await talk.ask(`POST /compatibility/subjects/${s}/versions`, body)).toEqual({ is_compatible: true })
        expect(await talk.register(s, body)).toBe(await talk.register(s, body))
      }
      await talk.refused(422, 42201, `POST /subjects/${s}/versions`, { schema: '{"type":"record","name":"R"}' })
      await talk.ask(`PUT /config/${s}`, { compatibility: 'FULL_TRANSITIVE' })
      await talk.refused(409, 409, `POST /subjects/${s}/versions`, record())
    },
  },
  {
    name: 'checks a schema against one version, the latest, or all that the level asks for, and says why not',
    async run(talk) {
      const s = freshSubject()
      const name = freshName()
      const [a, ab, abd] = [
        record(name, ['a', 'int']),
        record(name, ['a', 'int'], ['b', 'int', 1]),
        record(name, ['a', 'int'], ['b', 'int', 1], ['d', 'int']),
      ]
      const check = async (version: string, body: object, query = ''): Promise<unknown> =>
        talk.ask(`POST /compatibility/subjects/${s}/versions${version}${query}`, body)
      await talk.ask(`PUT /config/${s}`, { compatibility: 'BACKWARD' })
      expect(await check('/latest', abd)).toEqual({ is_compatible: true })
      expect(await check('', abd)).toEqual({ is_compatible: true })
      await talk.register(s, a)
      await talk.register(s, ab)
      expect(await check('/latest', abd)).toEqual({ is_compatible: false })
      expect(await check('/-1', abd, '?verbose=True')).toEqual({ is_compatible: false, messages: [expect.stringContaining('d')] })
      expect(await check('/1', ab, '?verbose=true&normalize=true')).toEqual({ is_compatible: true, messages: [] })
      expect(await check('', abd, '?verbose=true')).toMatchObject({ is_compatible: false })
      expect(await check('', record(name, ['b', 'int']))).toEqual({ is_compatible: true })
      expect(await check('', { schema: '{' }, '?verbose=true')).toMatchObject({ is_compatible: false, messages: [expect.any(String)] })
      await talk.refused(422, 42201, `POST /compatibility/subjects/${s}/versions`, { schema: '{' })
      await talk.refused(422, 42201, `POST /compatibility/subjects/${s}/versions/latest`, {})
      await talk.refused(404, 40402, `POST /compatibility/subjects/${s}/versions/9`, a)
      await talk.refused(404, 40402, `POST /compatibility/subjects/none-${s}/versions/1`, a)
      await talk.refused(422, 42202, `POST /compatibility/subjects/${s}/versions/x`, a)
      expect(await talk.refused(409, 409, `POST /subjects/${s}/versions`, abd)).toContain('incompatible')
    },
  },
  {
    name: 'holds a schema against the versions that are not deleted, at each level',
    async run(talk) {
      const name = freshName()
      const chain = [record(name, ['a', 'string']), record(name, ['a', 'int']), record(name, ['a', 'int'], ['b', 'int', 0])]
      for (const level of levels) {
        const s = freshSubject()
        await talk.ask(`PUT /config/${s}`, { compatibility: 'NONE' })
        for (const body of chain) await talk.register(s, body)
        await talk.ask(`PUT /config/${s}`, { compatibility: level })
        const next = record(name, ['a', 'int'], ['b', 'int', 0], ['c', 'int', 0])
        const isTransitive = level.endsWith('_TRANSITIVE')
        expect(await talk.ask(`POST /compatibility/subjects/${s}/versions`, next)).toEqual({ is_compatible: !isTransitive })
        await talk.ask(`DELETE /subjects/${s}/versions/1`)
        expect(await talk.ask(`POST /compatibility/subjects/${s}/versions`, next)).toEqual({ is_compatible: true })
        await talk.register(s, next)
        await talk.ask(`DELETE /subjects/${s}/versions/2`)
        await talk.ask(`DELETE /subjects/${s}/versions/3`)
        await talk.ask(`DELETE /subjects/${s}/versions/4`).catch(() => undefined)
      }
    },
  },
  {
    name: 'looks through references: what is referred to changed, and so did what refers to it',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const name = freshName()
      const user = freshName()
      const bodies = [record(name, ['x', 'int']), record(name, ['x', 'int'], ['y', 'int', 0]), record(name, ['x', 'string'])]
      for (const body of bodies) await talk.register(s, body)
      const of = (version: number): object => ({ ...record(user, ['r', name]), references: [{ name, subject: s, version }] })
      await talk.ask(`PUT /config/${t}`, { compatibility: 'BACKWARD' })
      await talk.register(t, of(1))
      await talk.register(t, of(2))
      expect(await talk.ask(`POST /compatibility/subjects/${t}/versions/latest`, of(3))).toEqual({ is_compatible: false })
      await talk.refused(409, 409, `POST /subjects/${t}/versions`, of(3))
      expect(await talk.ask(`GET /subjects/${t}/versions`)).toEqual([1, 2])
    },
  },
]
