import { type ErrorCode, type ErrorDetails, EvolveError } from '../../errors.ts'

/** What a request was for: the same answer can mean different things. */
export type Question =
  | 'schema-by-id'
  | 'register'
  | 'import'
  | 'versions'
  | 'version'
  | 'entries'
  | 'latest'
  | 'lookup'
  | 'subjects'
  | 'uses'
  | 'contexts'
  | 'referenced-by'
  | 'config'
  | 'set-config'
  | 'mode'
  | 'set-mode'
  | 'check'
  | 'delete'

/** A refusal as it came over the wire. */
export interface Refusal {
  /** Address of the registry, without credentials. */
  readonly base: string
  readonly question: Question
  readonly status: number
  /** `error_code` of the answer, where it had one. */
  readonly registryCode?: number | undefined
  /** `message` of the answer, where it had one; already freed of credentials. */
  readonly message?: string | undefined
  readonly details: ErrorDetails
}

/** Codes of the Confluent Schema Registry API (`io.confluent.kafka.schemaregistry.rest.exceptions.Errors`), and 40901, which some relatives use. */
const byRegistryCode: ReadonlyMap<number, ErrorCode> = new Map([
  [409, 'incompatible-registration'],
  [40401, 'subject-not-found'],
  [40402, 'version-not-found'],
  [40403, 'schema-not-found'],
  [40404, 'subject-not-found'], // soft-deleted
  [40406, 'version-not-found'], // soft-deleted
  [40901, 'incompatible-registration'],
  [42201, 'invalid-schema'],
  [42202, 'version-not-found'],
  [42208, 'invalid-options'],
  [42209, 'limit-exceeded'],
  [50001, 'registry-unavailable'],
  [50002, 'registry-timeout'],
  [50003, 'registry-unavailable'],
  [50004, 'registry-unavailable'],
])

const hints: ReadonlyMap<number, string> = new Map([
  [301, 'the registry sends on to another address: use that one as url'],
  [401, 'check the credentials (option auth; on the command line --auth, --token-file or KAFKA_EVOLVE_REGISTRY_AUTH)'],
  [403, 'these credentials may not do this'],
  [404, 'the registry has no such page: check the path of the url'],
  [405, 'the registry has no such page: check the path of the url'],
  [407, 'a proxy asks for credentials'],
  [413, 'the schema is larger than the registry takes'],
])

/** The error for an answer with a status other than 200. */
export function refusalError(refusal: Refusal): EvolveError {
  const { base, question, status, registryCode, message, details } = refusal
  const code = codeOf(refusal)
  // "No such page" is not what is meant where there is a code of the API for what is not there.
  const isPage = (status !== 404 && status !== 405) || registryCode === undefined || registryCode < 1_000
  const hint = code === 'registry-rejected' && isPage ? hints.get(status >= 300 && status < 400 ? 301 : status) : undefined
  const said = message === undefined || message === '' ? '' : `: ${message}`
  const problem = `the registry at ${base} answered ${registryCode ?? status} to ${question}${said}`
  return new EvolveError(code, problem, { ...details, status, registryCode, ...(hint === undefined ? {} : { hint }) })
}

/** What Apicurio says to whoever adds a first version of a subject while another does: there is no verdict on the schema in that. */
const isRace = /^An artifact with ID .* already exists/

/** 40404 to 40407: deleted before, or not deleted before it is purged. To whoever deletes these are refusals, to others it is not there. */
function isDeleteRefusal(registryCode: number | undefined): boolean {
  return registryCode !== undefined && registryCode >= 40404 && registryCode <= 40407
}

function codeOf({ question, status, registryCode, details, message = '' }: Refusal): ErrorCode {
  if (status === 409 && question === 'register' && isRace.test(message)) return 'registry-unavailable'
  if (question === 'delete' && isDeleteRefusal(registryCode)) return 'registry-rejected'
  const known = registryCode === undefined ? undefined : byRegistryCode.get(registryCode)
  if (known === 'schema-not-found' && question === 'lookup') return 'schema-not-in-subject'
  if (known !== undefined) return known
  // Java registries keep IDs as signed integers: an ID beyond those does not match their route at all.
  if (status === 404 && question === 'schema-by-id' && (details.schemaId ?? 0) > 0x7fff_ffff) return 'schema-not-found'
  // 409 is also what a registry says that was about to add two versions at once (Apicurio, with the code 0): there is no verdict in that.
  if (status === 409 && question === 'register') return registryCode === undefined ? 'incompatible-registration' : 'registry-unavailable'
  if (status === 422 && question === 'register' && registryCode === undefined) return 'invalid-schema'
  return isTransient(status) ? 'registry-unavailable' : 'registry-rejected'
}

function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}
