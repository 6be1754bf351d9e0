import { isCompatibilityLevel } from '../compatibility/levels.ts'
import { configMembers, type RegistryConfig } from '../settings/config.ts'
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
  // What is not named stays as it is; `null` takes a member back. setConfig checks what each is.
  const named = Object.entries({ ...asked, compatibility: level }).filter(([, value]) => value !== undefined)
  const config = Object.fromEntries(named.filter(([, value]) => value !== null)) as RegistryConfig
  const keep = configMembers.filter((member) => !named.some(([name]) => name === member))
  const set = await registry.setConfig(subject, config, { keep })
  return ok(subject === undefined ? ((await registry.config(undefined, { setOnly: true })) ?? {}) : set)
}

async function remove({ registry, path }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return refuse(501, 'this registry has no compatibility levels')
  const subject = settingSubject(path)
  const config = await registry.config(subject)
  if (config === undefined) return unsubjected(subject)
  await registry.setConfig(subject, undefined)
  return ok(configBody(config))
}

/** The members of a config in a body. */
function membersOf(body: unknown): Partial<Record<keyof RegistryConfig, unknown>> {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([name]) => configMembers.some((member) => member === name)))
}

function configBody({ compatibility, ...others }: RegistryConfig): object {
  return compatibility === undefined ? others : { compatibilityLevel: compatibility, ...others }
}
