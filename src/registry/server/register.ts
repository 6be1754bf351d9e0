import { isJsonObject } from '../json-copy.ts'
import type { Registry, SubjectVersion } from '../types.ts'
import { isConfigurable } from './browsable.ts'
import { flagged } from './query.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { type AskedSchema, schemaOf } from './schema-body.ts'
import { takesMore, versionMembers } from './version-members.ts'

/** What registers a schema. */
export const registerRoutes: readonly Route[] = [route('POST /subjects/:subject/versions', register)]

async function register(call: Call): Promise<Reply> {
  const asked = schemaOf(await withText(call))
  if ('refusal' in asked) return asked.refusal
  const added = await (asked.id === undefined ? next(call, asked) : imported(call, asked, asked.id))
  if ('refusal' in added) return added.refusal
  if (!takesMore(call)) return ok({ id: added.entry.id })
  const { subject: _, ...members } = versionMembers(added.entry, call) as Readonly<Record<string, unknown>>
  return ok(members)
}

/** The body; where it names metadata or rules alone, with the text of the version before: whoever changes those need not send it again. */
async function withText({ registry, path: { subject = '' }, body }: Call): Promise<unknown> {
  if (!isJsonObject(body) || !isNone(body.schema) || (isNone(body.metadata) && isNone(body.ruleSet))) return body
  const latest = await registry.latest(subject).catch(() => undefined)
  if (latest === undefined) return body
  const { format, text, references } = latest
  return { ...body, schemaType: format, schema: text, references }
}

function isNone(member: unknown): boolean {
  return member === undefined || member === null || (typeof member === 'string' && member.trim() === '')
}

type Added = { readonly entry: SubjectVersion } | { readonly refusal: Reply }

async function next({ registry, path: { subject = '' }, query }: Call, { schema, version }: AskedSchema): Promise<Added> {
  const options = flagged(query, 'normalize')
  if (version !== undefined && !(await fits(registry, subject, schema, version, options))) {
    return { refusal: refuse(422, 'Version is not one more than previous version', 42201) }
  }
  return { entry: await registry.register(subject, schema, options) }
}

/** Whether a schema has this version, or would get it: what is read from one registry is sent to another as it is. */
async function fits(
  registry: Registry,
  subject: string,
  schema: AskedSchema['schema'],
  version: number,
  options: { readonly normalize?: true },
): Promise<boolean> {
  try {
    return (await registry.lookup(subject, schema, options)).version === version
  } catch {
    // Not there, or not to be looked for: registering says so.
    const versions = await registry.versions(subject, { deleted: true }).catch((): readonly number[] => [])
    return version === (versions.at(-1) ?? 0) + 1
  }
}

async function imported({ registry, path: { subject = '' } }: Call, { schema, version }: AskedSchema, id: number): Promise<Added> {
  if (!isConfigurable(registry)) return { refusal: refuse(422, 'this registry gives IDs and versions itself', 42205) }
  return { entry: await registry.importVersion(subject, schema, version === undefined ? { id } : { id, version }) }
}
