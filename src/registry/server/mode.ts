import { isRegistryMode, registryModes } from '../settings/mode.ts'
import { isConfigurable } from './browsable.ts'
import { flagged } from './query.ts'
import { notConfigured, ok, type Reply, refuse, unsubjected } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { settingSubject } from './setting-subject.ts'

/** Everything under `/mode`. */
export const modeRoutes: readonly Route[] = [
  route('GET /mode', read),
  route('GET /mode/:subject', read),
  route('PUT /mode', write),
  route('PUT /mode/:subject', write),
  route('DELETE /mode', remove),
  route('DELETE /mode/:subject', remove),
]

const withoutModes: Reply = refuse(501, 'this registry has no modes')

async function read({ registry, path, query }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return withoutModes
  const subject = settingSubject(path)
  const mode = await registry.mode(subject, flagged(query, 'defaultToGlobal'))
  if (mode !== undefined) return ok({ mode })
  return notConfigured(40409, `Subject '${subject}' does not have subject-level mode configured`)
}

async function write({ registry, path, query, body }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return withoutModes
  const asked = typeof body === 'object' && body !== null && 'mode' in body ? body.mode : undefined
  const mode = typeof asked === 'string' ? asked.toUpperCase() : asked === null ? undefined : 'none'
  if (mode !== undefined && !isRegistryMode(mode)) return refuse(422, `Invalid mode. Valid values are ${registryModes.join(', ')}`, 42204)
  await registry.setMode(settingSubject(path), mode, flagged(query, 'force'))
  return ok({ mode: asked })
}

async function remove({ registry, path, query }: Call): Promise<Reply> {
  if (!isConfigurable(registry)) return withoutModes
  const subject = settingSubject(path)
  const mode = await registry.mode(subject)
  const options = flagged(query, 'recursive')
  if (mode === undefined && options.recursive !== true) return unsubjected(subject)
  await registry.setMode(subject, undefined, options)
  return ok({ mode: mode ?? null })
}
