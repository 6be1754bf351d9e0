import { EvolveError, isEvolveError } from '../../../errors.ts'
import type { SchemaText } from '../../../schema/text.ts'
import { allContexts, contextOf, defaultContext, qualify, referredSubject, splitSubject } from '../../state/qualified-subject.ts'
import type { BrowsableRegistry, CallOptions, IdOptions, Registry } from '../../types.ts'
import { isBrowsable } from '../browsable.ts'
import type { Principal, Right } from './rights.ts'

/** The right that each method asks of the subject it is called with (`undefined` there: of all subjects). */
const rightOf: Readonly<Record<string, Right>> = {
  register: 'write',
  importVersion: 'admin',
  deleteVersion: 'admin',
  deleteSubject: 'admin',
  versions: 'read',
  version: 'read',
  latest: 'read',
  lookup: 'read',
  checkCompatibility: 'read',
  config: 'read',
  setConfig: 'admin',
  mode: 'read',
  setMode: 'admin',
}
/** Methods whose second argument is a schema, which may refer to other subjects. */
const takesSchema: ReadonlySet<string> = new Set(['register', 'importVersion', 'lookup', 'checkCompatibility'])
/** What holds for all may be seen by everybody who may do anything: it shows through every subject. */
const openForAll: ReadonlySet<string> = new Set(['config', 'mode'])

type Method = (...args: unknown[]) => Promise<unknown>

/**
 * The registry as the principal may use it: it has the same methods, but each looks at the rights first. Whoever may not see a subject does not learn
 * whether it exists. A method that no rule names is not passed on.
 */
export function guarded(registry: Registry, principal: Principal): Registry {
  const methods: Record<string, Method> = { close: async () => undefined }
  for (const [name, right] of Object.entries(rightOf)) {
    const method = methodOf(registry, name)
    if (method === undefined) continue
    methods[name] = async (...args) => {
      const [subject, second] = args
      if (typeof subject === 'string') demand(principal, right, subject)
      else if (!openForAll.has(name)) demandAll(principal, right)
      if (takesSchema.has(name)) for (const reference of referencesOf(subject, second)) demand(principal, 'read', reference)
      return method(...args)
    }
  }
  return { ...methods, ...reads(registry, principal), ...(isBrowsable(registry) ? lists(registry, principal) : {}) } as unknown as Registry
}

function reads(registry: Registry, principal: Principal): Pick<Registry, 'schemaById'> {
  return {
    schemaById: async (id, options) => {
      if (!principal.mayAll('read')) {
        if (!isBrowsable(registry)) throw denied(principal, 'read schemas by their IDs alone')
        await checkSeen(registry, principal, id, options)
      }
      return registry.schemaById(id, options)
    },
  }
}

function lists(registry: BrowsableRegistry, principal: Principal): Partial<BrowsableRegistry> {
  const mayRead = (subject: string): boolean => principal.may('read', subject)
  return {
    subjects: async (options) => (await registry.subjects(options)).filter(mayRead),
    uses: async (id, options) => {
      if (principal.mayAll('read')) return registry.uses(id, options)
      await checkSeen(registry, principal, id, options)
      return (await registry.uses(id, options)).filter(({ subject }) => mayRead(subject))
    },
    idsByGuid: async (guid, options) => {
      const ids = await registry.idsByGuid(guid, options)
      if (principal.mayAll('read')) return ids
      const isSeen = await Promise.all(
        ids.map(({ context, id }) => isUsedInSight(registry, principal, id, { ...options, subject: qualify({ context, name: '' }) })),
      )
      return ids.filter((_id, at) => isSeen[at])
    },
    contexts: async (options) => {
      if (principal.mayAll('read')) return registry.contexts(options)
      const seen = (await registry.subjects({ ...options, prefix: allContexts })).filter(mayRead)
      return [...new Set([defaultContext, ...seen.map((subject) => splitSubject(subject).context)])].sort()
    },
    referencedBy: async (subject, version, options) => {
      demand(principal, 'read', subject)
      const ids = await registry.referencedBy(subject, version, options)
      if (principal.mayAll('read')) return ids
      const isSeen = await Promise.all(ids.map((id) => isUsedInSight(registry, principal, id, { ...options, subject: contextOf(subject) })))
      return ids.filter((_id, at) => isSeen[at])
    },
  }
}

/** An ID that is used under no subject that may be seen is as good as not there. */
async function checkSeen(
  registry: BrowsableRegistry,
  principal: Principal,
  id: number,
  options: (CallOptions & IdOptions) | undefined,
): Promise<void> {
  if (await isUsedInSight(registry, principal, id, options)) return
  throw new EvolveError('schema-not-found', 'no schema has this ID', { schemaId: id })
}

async function isUsedInSight(
  registry: BrowsableRegistry,
  principal: Principal,
  id: number,
  options: (CallOptions & IdOptions) | undefined,
): Promise<boolean> {
  try {
    const uses = await registry.uses(id, { ...options, deleted: true })
    return uses.some(({ subject }) => principal.may('read', subject))
  } catch (error) {
    if (isEvolveError(error) && error.code === 'schema-not-found') return false
    throw error
  }
}

function demand(principal: Principal, right: Right, subject: string): void {
  if (!principal.may(right, subject)) throw denied(principal, `${verbs[right]} this subject`)
}

function demandAll(principal: Principal, right: Right): void {
  if (!principal.mayAll(right)) throw denied(principal, `${verbs[right]} what holds for all subjects`)
}

const verbs: Readonly<Record<Right, string>> = { read: 'read', write: 'register under', admin: 'administer' }

/** Whoever said nothing of itself may try again with credentials. */
function denied({ name }: Principal, doing: string): EvolveError {
  return name === undefined
    ? new EvolveError('registry-rejected', `credentials are needed to ${doing}`, { registryCode: 40101 })
    : new EvolveError('registry-rejected', `'${name}' may not ${doing}`, { registryCode: 40301 })
}

function referencesOf(subject: unknown, schema: unknown): readonly string[] {
  const { references = [] } = schema as SchemaText
  return references.map((reference) => referredSubject(String(subject), reference.subject))
}

function methodOf(registry: Registry, name: string): Method | undefined {
  const method: unknown = Reflect.get(registry, name)
  return typeof method === 'function' ? (...args) => Reflect.apply(method, registry, args) as Promise<unknown> : undefined
}
