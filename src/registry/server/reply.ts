import { type ErrorCode, isEvolveError } from '../../errors.ts'

/** What is sent back: a status and the JSON of the body. */
export interface Reply {
  readonly status: number
  readonly body: unknown
  /** The media type of a body that is sent as the text it is, and not as JSON. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Status 200 with this body. */
export function ok(body: unknown): Reply {
  return { status: 200, body }
}

/** Status 200 with this text. */
export function plain(text: string, type: string): Reply {
  return { status: 200, body: text, type }
}

/** A refusal in the form that all clients of Confluent's API know. `registryCode` is the status where the API has no code of its own. */
export function refuse(status: number, message: string, registryCode: number = status): Reply {
  return { status, body: { error_code: registryCode, message } }
}

/** Status and code as Confluent's server gives them (`io.confluent.kafka.schemaregistry.rest.exceptions.Errors`). */
const byCode: Partial<Readonly<Record<ErrorCode, readonly [status: number, registryCode: number]>>> = {
  'subject-not-found': [404, 40401],
  'version-not-found': [404, 40402],
  'schema-not-found': [404, 40403],
  'schema-not-in-subject': [404, 40403],
  'incompatible-registration': [409, 409],
  'invalid-schema': [422, 42201],
  'invalid-options': [422, 42208],
  'limit-exceeded': [422, 42209],
  'registry-rejected': [422, 42205],
  'registry-locked': [500, 50001],
  'registry-unavailable': [500, 50001],
  'registry-timeout': [500, 50002],
  'registry-bad-answer': [500, 50001],
  'registry-corrupt': [500, 50001],
}

/** The refusal for what the registry threw. Says nothing of what went wrong inside. */
export function refuseWith(error: unknown): Reply {
  const known = isEvolveError(error) ? byCode[error.code] : undefined
  if (!isEvolveError(error) || known === undefined) return refuse(500, 'Internal Server Error')
  const said = error.details.registryCode ?? 0
  // Confluent's numbers of five digits begin with their status.
  const [status, registryCode] = said >= 40_000 && said < 60_000 ? [Math.floor(said / 100), said] : known
  return refuse(status, status >= 500 ? 'Error in the backend data store' : error.problem, registryCode)
}

/** The refusal where a subject has no setting of its own. */
export function notConfigured(registryCode: 40408 | 40409, message: string): Reply {
  return refuse(404, message, registryCode)
}

/** The refusal to take back what a subject does not have. */
export function unsubjected(subject: string | undefined): Reply {
  return refuse(404, `Subject '${subject}' not found.`, 40401)
}
