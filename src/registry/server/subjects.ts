import type { SubjectVersion } from '../types.ts'
import { isBrowsable, isConfigurable } from './browsable.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemaMembers, schemaOf } from './schema-body.ts'
import { notAVersion, versionIn } from './version-segment.ts'

/** Everything under `/subjects`. */
export const subjectRoutes: readonly Route[] = [
  route('GET /subjects', list),
  route('POST /subjects/:subject', lookup),
  route('GET /subjects/:subject/versions', versions),
  route('POST /subjects/:subject/versions', register),
  route('GET /subjects/:subject/versions/:version', version),
]

async function list({ registry }: Call): Promise<Reply> {
  return isBrowsable(registry) ? ok(await registry.subjects()) : refuse(501, 'this registry does not list its subjects')
}

async function lookup({ registry, path: { subject = '' }, body }: Call): Promise<Reply> {
  const asked = schemaOf(body)
  return 'refusal' in asked ? asked.refusal : ok(versionMembers(await registry.lookup(subject, asked.schema)))
}

async function versions({ registry, path: { subject = '' } }: Call): Promise<Reply> {
  return ok(await registry.versions(subject))
}

async function register({ registry, path: { subject = '' }, body }: Call): Promise<Reply> {
  const asked = schemaOf(body)
  if ('refusal' in asked) return asked.refusal
  const { schema, id, version } = asked
  if (id === undefined && version === undefined) return ok({ id: (await registry.register(subject, schema)).id })
  if (id === undefined || !isConfigurable(registry)) return refuse(422, 'this registry gives IDs and versions itself', 42205)
  return ok({ id: (await registry.importVersion(subject, schema, version === undefined ? { id } : { id, version })).id })
}

async function version({ registry, path: { subject = '', version: asked = '' } }: Call): Promise<Reply> {
  const number = versionIn(asked)
  if (number === undefined) return notAVersion
  return ok(versionMembers(await (number === 'latest' ? registry.latest(subject) : registry.version(subject, number))))
}

function versionMembers(entry: SubjectVersion): object {
  return { subject: entry.subject, id: entry.id, version: entry.version, ...schemaMembers(entry) }
}
