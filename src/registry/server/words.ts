import { EvolveError, isEvolveError } from '../../errors.ts'

/** Where a request points to, by the names of the route. */
type Place = Readonly<Partial<Record<string, string>>>

/** What Confluent's server says where something is not there, or does not fit (`io.confluent.kafka.schemaregistry.rest`): some clients read it. */
const words: Readonly<Record<string, (place: Place, problem: string) => string>> = {
  'subject-not-found': ({ subject }) => `Subject '${subject}' not found.`,
  'version-not-found': ({ version }) => `Version ${version} not found.`,
  'schema-not-found': ({ id, guid }) => `Schema ${id ?? guid} not found`,
  'schema-not-in-subject': () => 'Schema not found',
  'invalid-schema': (_place, problem) => invalidSchema(problem),
  'incompatible-registration': ({ subject }, problem) =>
    `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${problem}]`,
}

/** Why a text is no schema. */
export function invalidSchema(problem: string): string {
  return `Invalid schema, details: ${problem}`
}

/** The same error; where Confluent's server has words for it, in those. */
export function inWords(error: unknown, place: Place): unknown {
  if (!isEvolveError(error)) return error
  const say = words[error.code]
  return say === undefined ? error : new EvolveError(error.code, say(place, error.problem), error.details, error)
}
