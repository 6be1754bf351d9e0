import { isVersion } from '../checks.ts'
import type { SubjectVersion } from '../types.ts'
import { isBrowsable } from './browsable.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemaMembers, schemaOf } from './schema-body.ts'

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
  const { id } = await registry.register(subject, asked.schema)
  return ok({ id })
}

async function version({ registry, path: { subject = '', version: asked = '' } }: Call): Promise<Reply> {
  if (asked === 'latest' || asked === '-1') return ok(versionMembers(await registry.latest(subject)))
  const number = /^\d{1,10}$/.test(asked) ? Number(asked) : undefined
  if (isVersion(number)) return ok(versionMembers(await registry.version(subject, number)))
  return refuse(422, "The specified version is not valid. Allowed values are between [1, 2^31-1] and the string 'latest'", 42202)
}

function versionMembers(entry: SubjectVersion): object {
  return { subject: entry.subject, id: entry.id, version: entry.version, ...schemaMembers(entry) }
}
