import { isCompatibilityLevel } from '../compatibility/levels.ts'
import { Queue } from '../queue.ts'
import { configMembers, type RegistryConfig } from '../settings/config.ts'
import type { ManagedRegistry, Registry } from '../types.ts'
import { originalOf } from './access/guard.ts'
import { isConfigurable } from './browsable.ts'
import { flagged } from './query.ts'
import { notConfigured, ok, type Reply, refuse, unsubjected } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { ruleSetFlaw } from './rule-set.ts'
import { settingSubject } from './setting-subject.ts'

/** Everything under `/config`. */
export const configRoutes: readonly Route[] = [
  route('GET /config', read),
  route('GET /config/:subject', read),
  route('PUT /config', write),
  route('PUT /config/:subject', write),
  route('DELETE /config', remove),
  route('DELETE /config/:subject', remove),
]

async function read({ registry, path, query }: Call): Promise<Reply> {
  // A registry without levels takes any version, and says so: clients that want another level learn it before they register something.
  if (!isConfigurable(registry)) return ok({ compatibilityLevel: 'NONE' })
  const subject = settingSubject(path)
  const config = await registry.config(subject, flagged(query, 'defaultToGlobal'))
  if (config !== undefined) return ok(configBody(config))
  return notConfigured(40408, `Subject '${subject}' does not have subject-level compatibility configured`)
}

/** In the words of Confluent's server. */
const invalidLevel =
  'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive'

async function write({ registry, path, body }: Call): Promise<Reply> {
  const subject = settingSubject(path)
  const asked = membersOf(body)
  const { compatibility } = asked
  const level = typeof compatibility === 'string' ? compatibility.toUpperCase() : compatibility
  const isNoLevel = level !== undefined && level !== null && !isCompatibilityLevel(level)
  if (isNoLevel || Object.keys(asked).length === 0) {
    return refuse(422, invalidLevel, 42203)
  }
  if (!isConfigurable(registry)) {
    return level === 'NONE' ? ok({ compatibility }) : refuse(422, 'this registry knows the compatibility level NONE only', 42203)
  }
  const flaw = ruleSetFlaw(asked.defaultRuleSet) ?? ruleSetFlaw(asked.overrideRuleSet)
  if (flaw !== undefined) return refuse(422, flaw, 42210)
  return writesOf(registry).run(async () => {
    const config = await merged(registry, subject, { ...asked, compatibility: level })
    await registry.setConfig(subject, config)
    return ok(config)
  })
}

async function remove({ registry, path }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return refuse(501, 'this registry has no compatibility levels')
  const subject = settingSubject(path)
  const config = await registry.config(subject)
  if (config === undefined) return unsubjected(subject)
  await registry.setConfig(subject, undefined)
  return ok(configBody(config))
}

/** What is set is read and then written: one at a time, or of two that come at once one would be lost. */
const writes = new WeakMap<Registry, Queue>()

function writesOf(registry: ManagedRegistry): Queue {
  const original = originalOf(registry)
  const known = writes.get(original) ?? new Queue()
  writes.set(original, known)
  return known
}

/** The members of a config in a body. */
function membersOf(body: unknown): Partial<Record<keyof RegistryConfig, unknown>> {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([name]) => configMembers.some((member) => member === name)))
}

/** What is asked for over what is set; `null` takes a member back. */
async function merged(
  registry: ManagedRegistry,
  subject: string | undefined,
  asked: Partial<Record<keyof RegistryConfig, unknown>>,
): Promise<RegistryConfig> {
  const all = {
    ...(await registry.config(subject, { setOnly: true })),
    ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  }
  // setConfig checks what each member is.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as RegistryConfig
}

function configBody({ compatibility, ...others }: RegistryConfig): object {
  return compatibility === undefined ? others : { compatibilityLevel: compatibility, ...others }
}
