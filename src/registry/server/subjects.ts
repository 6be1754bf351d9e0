import type { Registry } from '../types.ts'
import { anywhere } from './anywhere.ts'
import { isBrowsable, isConfigurable } from './browsable.ts'
import { flagged, page } from './query.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemaOf } from './schema-body.ts'
import { isDeleted, versionMembers } from './version-members.ts'

/** Subjects as a whole. */
export const subjectRoutes: readonly Route[] = [
  route('GET /subjects', list),
  route('POST /subjects/:subject', lookup),
  route('DELETE /subjects/:subject', remove),
  route('GET /subjects/:subject/metadata', latestWithMetadata),
]

async function list({ registry, query }: Call): Promise<Reply> {
  if (!isBrowsable(registry)) return refuse(501, 'this registry does not list its subjects')
  // Whoever names no prefix gets the subjects of all contexts.
  const prefix = query.get('subjectPrefix') ?? ':*:'
  return ok(page(await registry.subjects({ prefix, ...flagged(query, 'deleted', 'deletedOnly') }), query))
}

async function lookup(call: Call): Promise<Reply> {
  const { registry, path, query, body } = call
  const asked = schemaOf(body)
  if ('refusal' in asked) return asked.refusal
  const options = flagged(query, 'deleted', 'normalize')
  const found = await anywhere(registry, path.subject ?? '', (subject) => registry.lookup(subject, asked.schema, options))
  return ok(versionMembers(found, call, await isDeleted(registry, found, call)))
}

async function remove({ registry, path: { subject = '' }, query }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return refuse(501, 'this registry deletes nothing')
  return ok(await registry.deleteSubject(subject, flagged(query, 'permanent')))
}

/** The newest version whose properties hold all that are asked for: the names as `key`, and in the same order what they are as `value`. */
async function latestWithMetadata(call: Call): Promise<Reply> {
  const { registry, path, query } = call
  const values = query.getAll('value')
  const wanted = query.getAll('key').slice(0, values.length)
  const subject = path.subject ?? ''
  for (const version of await newestFirst(registry, subject, query)) {
    const entry = await registry.version(subject, version, flagged(query, 'deleted'))
    const properties = entry.metadata?.properties
    if (typeof properties !== 'object' || properties === null) continue
    if (wanted.every((name, at) => Object.hasOwn(properties, name) && Reflect.get(properties, name) === values[at])) {
      return ok(versionMembers(entry, call, await isDeleted(registry, entry, call)))
    }
  }
  return refuse(404, 'Schema not found', 40403)
}

async function newestFirst(registry: Registry, subject: string, query: URLSearchParams): Promise<readonly number[]> {
  return (await registry.versions(subject, flagged(query, 'deleted'))).toReversed()
}
