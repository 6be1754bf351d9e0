import type { Registry, SubjectVersion } from '../types.ts'
import { anywhere } from './anywhere.ts'
import { isBrowsable, isConfigurable } from './browsable.ts'
import { flag, flagged, page } from './query.ts'
import { ok, plain, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemasAtOnce, schemaType } from './schemas.ts'
import { isDeleted, versionMembers } from './version-members.ts'
import { notAVersion, versionIn } from './version-segment.ts'

/** Versions of a subject, but for {@link registerRoutes}. */
export const versionRoutes: readonly Route[] = [
  route('GET /subjects/:subject/versions', list),
  route('GET /subjects/:subject/versions/:version', read),
  route('DELETE /subjects/:subject/versions/:version', remove),
  route('GET /subjects/:subject/versions/:version/schema', readText),
  route('GET /subjects/:subject/versions/:version/referencedby', referring),
]

async function list({ registry, path: { subject = '' }, query }: Call): Promise<Reply> {
  if (!flag(query, 'deletedAsNegative')) {
    return ok(page(await registry.versions(subject, flagged(query, 'deleted', 'deletedOnly')), query))
  }
  const [all, deleted] = await Promise.all([
    registry.versions(subject, { deleted: true }),
    registry.versions(subject, { deletedOnly: true }).catch((): readonly number[] => []),
  ])
  return ok(
    page(
      all.map((version) => (deleted.includes(version) ? -version : version)),
      query,
    ),
  )
}

async function read(call: Call): Promise<Reply> {
  const entry = await find(call)
  if (entry === undefined) return notAVersion(call.path.version)
  return ok(versionMembers(entry, call, await isDeleted(call.registry, entry, call)))
}

async function readText(call: Call): Promise<Reply> {
  const entry = await find(call)
  return entry === undefined ? notAVersion(call.path.version) : plain(entry.text, schemaType)
}

/** The version that the path names; `undefined` where it names none. */
async function find({ registry, path: { subject = '', version = '' }, query }: Call): Promise<SubjectVersion | undefined> {
  const number = versionIn(version)
  if (number === undefined) return undefined
  return anywhere(registry, subject, (name) =>
    number === 'latest' ? registry.latest(name) : registry.version(name, number, flagged(query, 'deleted')),
  )
}

async function remove({ registry, path: { subject = '', version = '' }, query }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return refuse(501, 'this registry deletes nothing')
  const number = versionIn(version)
  if (number === undefined) return notAVersion(version)
  return ok(await registry.deleteVersion(subject, await numberOf(registry, subject, number), flagged(query, 'permanent')))
}

async function referring({ registry, path: { subject = '', version = '' }, query }: Call): Promise<Reply> {
  if (!isBrowsable(registry)) return refuse(501, 'this registry does not list what refers to a schema')
  const number = versionIn(version)
  if (number === undefined) return notAVersion(version)
  const ids = await registry.referencedBy(subject, await numberOf(registry, subject, number), flagged(query, 'deleted'))
  return ok(page(ids, query, schemasAtOnce))
}

async function numberOf(registry: Registry, subject: string, version: number | 'latest'): Promise<number> {
  return version === 'latest' ? (await registry.latest(subject)).version : version
}
