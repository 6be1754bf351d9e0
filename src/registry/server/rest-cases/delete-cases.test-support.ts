import { expect } from 'vitest'
import { freshSubject } from '../../registry-cases.test-support.ts'
import { freshName, type RestCase, record, referring } from './talk.test-support.ts'

/** Soft and permanent deletes, and what is seen of what was deleted. */
export const deleteCases: readonly RestCase[] = [
  {
    name: 'deletes a version: no longer listed, still readable by its ID, and shown to whoever asks for deleted ones',
    async run(talk) {
      const s = freshSubject()
      const bodies = [record(), record(), record()]
      const ids: number[] = []
      for (const body of bodies) ids.push(await talk.register(s, body))
      const [first, , third] = ids
      expect(await talk.ask(`DELETE /subjects/${s}/versions/1`)).toBe(1)
      expect(await talk.ask(`DELETE /subjects/${s}/versions/latest`)).toBe(3)
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([2])
      expect(await talk.ask(`GET /subjects/${s}/versions?deleted=true`)).toEqual([1, 2, 3])
      expect(await talk.ask(`GET /subjects/${s}/versions?deleted=True`)).toEqual([1, 2, 3])
      expect(await talk.ask(`GET /subjects/${s}/versions?deletedOnly=true`)).toEqual([1, 3])
      expect(await talk.ask(`GET /subjects/${s}/versions?deleted=true&deletedOnly=true`)).toEqual([1, 3])
      expect(await talk.ask(`GET /subjects/${s}/versions?deletedAsNegative=true`)).toEqual([-1, 2, -3])
      expect(await talk.ask(`GET /subjects/${s}/versions?deleted=true&offset=1&limit=1`)).toEqual([2])
      expect(await talk.refused(404, 40402, `GET /subjects/${s}/versions/1`)).toBe('Version 1 not found.')
      expect(await talk.ask(`GET /subjects/${s}/versions/1?deleted=true`)).toMatchObject({ id: first, version: 1 })
      expect(await talk.text(`GET /subjects/${s}/versions/1/schema?deleted=true`)).toBe(bodies[0]?.schema)
      expect(await talk.ask(`GET /subjects/${s}/versions/latest`)).toMatchObject({ version: 2 })
      expect(await talk.ask(`GET /schemas/ids/${third}`)).toEqual(bodies[2])
      expect(await talk.ask(`GET /schemas/ids/${third}/subjects`)).toEqual([])
      expect(await talk.ask(`GET /schemas/ids/${third}/subjects?deleted=true`)).toEqual([s])
      expect(await talk.ask(`GET /schemas/ids/${third}/versions`)).toEqual([])
      expect(await talk.ask(`GET /schemas/ids/${third}/versions?deleted=true`)).toEqual([{ subject: s, version: 3 }])
      expect(await talk.refused(404, 40403, `POST /subjects/${s}`, bodies[0])).toBe('Schema not found')
      expect(await talk.ask(`POST /subjects/${s}?deleted=true`, bodies[0])).toMatchObject({ id: first, version: 1 })
      expect(await talk.register(s, bodies[0] ?? {})).toBe(first)
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([2, 4])
    },
  },
  {
    name: 'deletes a subject, twice at most, and purges it only then',
    async run(talk) {
      const s = freshSubject()
      const body = record()
      const id = await talk.register(s, body)
      await talk.register(s, record())
      expect(await talk.refused(404, 40405, `DELETE /subjects/${s}?permanent=true`)).toBe(
        `Subject '${s}' was not deleted first before being permanently deleted`,
      )
      expect(await talk.ask(`DELETE /subjects/${s}`)).toEqual([1, 2])
      expect(await talk.refused(404, 40404, `DELETE /subjects/${s}`)).toBe(
        `Subject '${s}' was soft deleted.Set permanent=true to delete permanently`,
      )
      expect(await talk.refused(404, 40401, `GET /subjects/${s}/versions`)).toBe(`Subject '${s}' not found.`)
      await talk.refused(404, 40401, `GET /subjects/${s}/versions/1`)
      await talk.refused(404, 40401, `POST /subjects/${s}`, body)
      expect(await talk.ask(`GET /subjects?subjectPrefix=${s}`)).toEqual([])
      expect(await talk.ask(`GET /subjects?subjectPrefix=${s}&deleted=true`)).toEqual([s])
      expect(await talk.ask(`GET /subjects?subjectPrefix=${s}&deletedOnly=true`)).toEqual([s])
      expect(await talk.ask(`DELETE /subjects/${s}?permanent=True`)).toEqual([1, 2])
      await talk.refused(404, 40401, `DELETE /subjects/${s}?permanent=true`)
      await talk.refused(404, 40401, `DELETE /subjects/${s}`)
      expect(await talk.refused(404, 40403, `GET /schemas/ids/${id}`)).toBe(`Schema ${id} not found`)
      await talk.refused(404, 40403, `GET /schemas/ids/${id}/versions`)
      expect(await talk.register(s, body)).toBeGreaterThan(id)
      expect(await talk.ask(`GET /subjects/${s}/versions`)).toEqual([1])
    },
  },
  {
    name: 'purges a version only after it was deleted',
    async run(talk) {
      const s = freshSubject()
      await talk.register(s, record())
      await talk.register(s, record())
      expect(await talk.refused(404, 40407, `DELETE /subjects/${s}/versions/1?permanent=true`)).toBe(
        `Subject '${s}' Version 1 was not deleted first before being permanently deleted`,
      )
      expect(await talk.ask(`DELETE /subjects/${s}/versions/1`)).toBe(1)
      expect(await talk.refused(404, 40406, `DELETE /subjects/${s}/versions/1`)).toBe(
        `Subject '${s}' Version 1 was soft deleted.Set permanent=true to delete permanently`,
      )
      expect(await talk.ask(`DELETE /subjects/${s}/versions/1?permanent=true`)).toBe(1)
      expect(await talk.ask(`GET /subjects/${s}/versions?deleted=true`)).toEqual([2])
      await talk.refused(404, 40402, `DELETE /subjects/${s}/versions/1?permanent=true`)
      await talk.refused(404, 40402, `DELETE /subjects/${s}/versions/9`)
      await talk.refused(404, 40401, `DELETE /subjects/none-${s}/versions/1`)
      await talk.refused(404, 40401, `DELETE /subjects/none-${s}`)
      await talk.refused(422, 42202, `DELETE /subjects/${s}/versions/none`)
      await talk.refused(422, 42202, `DELETE /subjects/${s}/versions/0`)
    },
  },
  {
    name: 'does not delete what others refer to',
    async run(talk) {
      const [s, t] = [freshSubject(), freshSubject()]
      const name = freshName()
      await talk.register(s, record(name))
      const id = await talk.register(t, referring(name, s))
      expect(await talk.ask(`GET /subjects/${s}/versions/1/referencedby`)).toEqual([id])
      expect(await talk.ask(`GET /subjects/${s}/versions/latest/referencedby`)).toEqual([id])
      expect(await talk.ask(`GET /subjects/${t}/versions/1/referencedby`)).toEqual([])
      expect(await talk.refused(422, 42206, `DELETE /subjects/${s}/versions/1`)).toContain(`subject=${s},version=1`)
      await talk.refused(422, 42206, `DELETE /subjects/${s}`)
      await talk.refused(422, 42206, `DELETE /subjects/${s}?permanent=true`)
      await talk.refused(422, 42206, `DELETE /subjects/${s}/versions/1?permanent=true`)
      expect(await talk.ask(`DELETE /subjects/${t}`)).toEqual([1])
      expect(await talk.ask(`GET /subjects/${s}/versions/1/referencedby`)).toEqual([])
      expect(await talk.ask(`GET /subjects/${s}/versions/1/referencedby?deleted=true`)).toEqual([id])
      expect(await talk.ask(`DELETE /subjects/${s}`)).toEqual([1])
      await talk.refused(422, 42206, `DELETE /subjects/${s}?permanent=true`)
      expect(await talk.ask(`DELETE /subjects/${t}?permanent=true`)).toEqual([1])
      expect(await talk.ask(`DELETE /subjects/${s}?permanent=true`)).toEqual([1])
      await talk.refused(404, 40401, `GET /subjects/${s}/versions/1/referencedby`)
    },
  },
]
