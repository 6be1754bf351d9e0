import { isEvolveError } from '../../errors.ts'
import { sentence } from '../compatibility/check-versions.ts'
import { isConfigurable } from './browsable.ts'
import { flag, flagged } from './query.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemaOf } from './schema-body.ts'
import { notAVersion, versionIn } from './version-segment.ts'
import { invalidSchema } from './words.ts'

/** Everything under `/compatibility`. */
export const compatibilityRoutes: readonly Route[] = [
  route('POST /compatibility/subjects/:subject/versions', checkAll),
  route('POST /compatibility/subjects/:subject/versions/:version', checkOne),
]

async function checkAll(call: Call): Promise<Reply> {
  return check(call, undefined)
}

async function checkOne(call: Call): Promise<Reply> {
  const version = versionIn(call.path.version ?? '')
  return version === undefined ? notAVersion(call.path.version) : check(call, version)
}

async function check({ registry, path: { subject = '' }, query, body }: Call, version: number | 'latest' | undefined): Promise<Reply> {
  if (!isConfigurable(registry)) return refuse(501, 'this registry has no compatibility levels')
  const asked = schemaOf(body)
  if ('refusal' in asked) return asked.refusal
  const verbose = flag(query, 'verbose')
  try {
    const report = await registry.checkCompatibility(subject, asked.schema, {
      ...flagged(query, 'normalize'),
      ...(version === undefined ? {} : { version }),
    })
    return verdict(report.compatible, verbose, report.problems.map(sentence))
  } catch (error) {
    // Whoever asks for reasons hears that it is no schema as a reason, as from Confluent's server.
    if (verbose && isEvolveError(error) && error.code === 'invalid-schema') return verdict(false, true, [invalidSchema(error.problem)])
    throw error
  }
}

function verdict(isCompatible: boolean, verbose: boolean, messages: readonly string[]): Reply {
  return ok({ is_compatible: isCompatible, ...(verbose ? { messages } : {}) })
}
