import { EvolveError, isEvolveError } from '../../errors.ts'
import { isId } from '../checks.ts'
import { qualify } from '../state/qualified-subject.ts'
import type { BrowsableRegistry, RegisteredSchema, SubjectVersion } from '../types.ts'
import { isBrowsable } from './browsable.ts'
import { flag, flagged, page, pageOf } from './query.ts'
import { ok, plain, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemaMembers } from './schema-body.ts'
import { type SchemaHome, schemaHome } from './schema-home.ts'
import { deletedVersions, guidMember, referenceHome, takesMore, versionMembers } from './version-members.ts'

/** Most schemas that one answer lists, as with Confluent's registry. */
export const schemasAtOnce = 1000

/** The media type of a schema's text alone. */
export const schemaType = 'application/vnd.schemaregistry.v1+json'

/** Everything under `/schemas`. */
export const schemaRoutes: readonly Route[] = [
  route('GET /schemas', list),
  route('GET /schemas/types', async () => ok(['JSON', 'PROTOBUF', 'AVRO'])),
  route('GET /schemas/ids/:id', byId),
  route('GET /schemas/ids/:id/schema', textById),
  route('GET /schemas/ids/:id/subjects', subjects),
  route('GET /schemas/ids/:id/versions', versions),
  route('GET /schemas/guids/:guid', byGuid),
  route('GET /schemas/guids/:guid/ids', idsByGuid),
]

const noSuchPath: Reply = refuse(404, 'HTTP 404 Not Found')
const withoutUses: Reply = refuse(501, 'this registry does not list the uses of a schema')

async function list(call: Call): Promise<Reply> {
  const { registry, query } = call
  if (!isBrowsable(registry)) return refuse(501, 'this registry does not list its schemas')
  const { offset, limit } = pageOf(query, schemasAtOnce)
  const listed: object[] = []
  const gone = new Map<string, readonly number[]>()
  for await (const entry of entries(registry, query, offset)) {
    const { subject, version } = entry
    const deleted = takesMore(call) && flag(query, 'deleted') ? (gone.get(subject) ?? (await deletedVersions(registry, subject))) : []
    gone.set(subject, deleted)
    listed.push(versionMembers(entry, call, deleted.includes(version)))
    if (listed.length >= limit) break
  }
  return ok(listed)
}

/** Versions in the order of their subjects, ascending, behind the first `offset`; of each subject only the last where the query says `latestOnly`. */
async function* entries(registry: BrowsableRegistry, query: URLSearchParams, offset: number): AsyncGenerator<SubjectVersion> {
  const which = flagged(query, 'deleted')
  const ruleType = query.get('ruleType') ?? ''
  let ahead = offset
  for (const subject of await registry.subjects({ prefix: query.get('subjectPrefix') ?? '', ...which })) {
    const all = (await unlessGone(registry.versions(subject, which))) ?? []
    const wanted = flag(query, 'latestOnly') ? all.slice(-1) : all
    // A subject that lies ahead of the page as a whole is not read, where it is not rules that decide what is on the list.
    if (ruleType === '' && wanted.length <= ahead) {
      ahead -= wanted.length
      continue
    }
    for (const version of wanted) {
      const entry = await unlessGone(registry.version(subject, version, which))
      if (entry === undefined || (ruleType !== '' && !hasRuleOf(ruleType, entry))) continue
      if (ahead > 0) ahead -= 1
      else yield entry
    }
  }
}

/** What was deleted while the list was made is not on it. */
async function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (isEvolveError(error) && (error.code === 'subject-not-found' || error.code === 'version-not-found')) return undefined
    throw error
  }
}

function hasRuleOf(type: string, { ruleSet = {} }: SubjectVersion): boolean {
  const rules: readonly unknown[] = ['migrationRules', 'domainRules', 'encodingRules'].flatMap((name) => ruleSet[name] ?? [])
  return rules.some((rule) => typeof rule === 'object' && rule !== null && Reflect.get(rule, 'type') === type)
}

async function byId(call: Call): Promise<Reply> {
  const { registry, path, query } = call
  const id = idIn(path.id)
  if (id === undefined) return noSuchPath
  const schema = await registry.schemaById(id, inSubject(query))
  const home = takesMore(call) && isBrowsable(registry) ? await schemaHome(registry, id, inSubject(query)) : undefined
  return ok({ ...schemaAnswer(schema, call, home), ...(await subjectsMember(call, id)) })
}

/** Where a schema is registered, for a client that asks for it: Karapace's `includeSubjects`. */
async function subjectsMember({ registry, query }: Call, id: number): Promise<{ readonly subjects?: readonly string[] }> {
  if (!flag(query, 'includeSubjects') || !isBrowsable(registry)) return {}
  const uses = await registry.uses(id, inSubject(query))
  return { subjects: [...new Set(uses.map(({ subject }) => subject))] }
}

async function textById({ registry, path, query }: Call): Promise<Reply> {
  const id = idIn(path.id)
  return id === undefined ? noSuchPath : plain((await registry.schemaById(id, inSubject(query))).text, schemaType)
}

async function subjects({ registry, path, query }: Call): Promise<Reply> {
  const id = idIn(path.id)
  if (id === undefined) return noSuchPath
  if (!isBrowsable(registry)) return withoutUses
  const uses = await registry.uses(id, { ...inSubject(query), ...flagged(query, 'deleted') })
  return ok(page([...new Set(uses.map(({ subject }) => subject))], query))
}

async function versions({ registry, path, query }: Call): Promise<Reply> {
  const id = idIn(path.id)
  if (id === undefined) return noSuchPath
  if (!isBrowsable(registry)) return withoutUses
  return ok(page(await registry.uses(id, { ...inSubject(query), ...flagged(query, 'deleted') }), query))
}

async function byGuid(call: Call): Promise<Reply> {
  const { registry, path } = call
  if (!isBrowsable(registry)) return withoutUses
  const [first] = await registry.idsByGuid(path.guid ?? '')
  if (first === undefined) return refuse(404, `Schema ${path.guid} not found`, 40403)
  const schema = await registry.schemaById(first.id, { subject: qualify({ context: first.context, name: '' }) })
  const home = takesMore(call)
    ? await schemaHome(registry, first.id, { subject: qualify({ context: first.context, name: '' }) })
    : undefined
  return ok(schemaAnswer(schema, call, home))
}

async function idsByGuid({ registry, path }: Call): Promise<Reply> {
  return isBrowsable(registry) ? ok(await registry.idsByGuid(path.guid ?? '')) : withoutUses
}

/** A schema without its ID; where the client takes more, with a version that holds it. */
function schemaAnswer(schema: RegisteredSchema, call: Call, home: SchemaHome | undefined): object {
  const within = referenceHome(call, home?.subject ?? inSubject(call.query).subject)
  const { deleted, ...place } = home ?? {}
  return { ...place, ...guidMember(schema, call), ...schemaMembers(schema, within), ...(deleted === true ? { deleted } : {}) }
}

/** Where an ID is looked for: clients that know the subject say it. */
function inSubject(query: URLSearchParams): { readonly subject?: string } {
  const subject = query.get('subject') ?? ''
  return subject === '' ? {} : { subject }
}

/** The ID that a segment of a path names, or `undefined` where it is none. An integer below 0 is one that no schema has. */
function idIn(text = ''): number | undefined {
  if (/^-\d{1,10}$/.test(text)) throw new EvolveError('schema-not-found', 'no schema has an ID below 0')
  const number = /^\d{1,10}$/.test(text) ? Number(text) : undefined
  return isId(number) ? number : undefined
}
