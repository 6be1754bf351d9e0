/** The closed list of error codes. */
export type ErrorCode =
  | 'invalid-options'
  | 'invalid-schema'
  | 'incompatible-schemas'
  | 'not-framed'
  | 'truncated-frame'
  | 'truncated'
  | 'trailing-bytes'
  | 'malformed-data'
  | 'unresolvable-value'
  | 'unsafe-long'
  | 'limit-exceeded'
  | 'invalid-value'
  | 'unknown-field-loss'
  | 'schema-not-found'
  | 'subject-not-found'
  | 'version-not-found'
  | 'schema-not-in-subject'
  | 'incompatible-registration'
  | 'registry-unavailable'
  | 'registry-timeout'
  | 'registry-rejected'
  | 'registry-bad-answer'
  | 'registry-locked'
  | 'registry-corrupt'
  | 'broker-unavailable'
  | 'remote-error'
  | 'handshake-failed'
  | 'connection-lost'
  | 'call-timeout'
  | 'missing-prerequisite'
  | 'internal'

/** Every code an {@link EvolveError} can carry, with what it says in general and whether trying again later can help. */
const CODES: Readonly<Record<ErrorCode, { readonly text: string; readonly retryable: boolean }>> = {
  'invalid-options': { text: 'the options do not fit together', retryable: false },
  'invalid-schema': { text: 'the text is not a schema', retryable: false },
  'incompatible-schemas': { text: 'the reader schema cannot read what the writer schema writes', retryable: false },
  'not-framed': { text: 'the message does not start with a schema ID', retryable: false },
  'truncated-frame': { text: 'the message ends inside its schema ID', retryable: false },
  truncated: { text: 'the message ends too early', retryable: false },
  'trailing-bytes': { text: 'bytes are left after the value', retryable: false },
  'malformed-data': { text: 'the bytes are not a value of the writer schema', retryable: false },
  'unresolvable-value': { text: 'the value exists in the writer schema only', retryable: false },
  'unsafe-long': { text: 'a 64-bit integer does not fit a JavaScript number', retryable: false },
  'limit-exceeded': { text: 'a safety limit was reached', retryable: false },
  'invalid-value': { text: 'the value does not fit the schema', retryable: false },
  'unknown-field-loss': { text: 'writing this value would lose data', retryable: false },
  'schema-not-found': { text: 'the registry does not know the schema', retryable: false },
  'subject-not-found': { text: 'the registry does not know the subject', retryable: false },
  'version-not-found': { text: 'the registry does not know the version', retryable: false },
  'schema-not-in-subject': { text: 'the schema is not registered under the subject', retryable: false },
  'incompatible-registration': { text: 'the registry refuses the schema as incompatible', retryable: false },
  'registry-unavailable': { text: 'the registry cannot be reached', retryable: true },
  'registry-timeout': { text: 'the registry did not answer in time', retryable: true },
  'registry-rejected': { text: 'the registry refused the request', retryable: false },
  'registry-bad-answer': { text: 'the registry answered something that cannot be used', retryable: false },
  'registry-locked': { text: 'another process writes this registry', retryable: true },
  'registry-corrupt': { text: 'the stored registry cannot be read', retryable: false },
  'broker-unavailable': { text: 'no Kafka broker answered', retryable: true },
  'remote-error': { text: 'the other side answered a call with an error', retryable: false },
  'handshake-failed': { text: 'client and server could not agree on their protocols', retryable: false },
  'connection-lost': { text: 'the connection ended before the reply', retryable: true },
  'call-timeout': { text: 'no reply came in time', retryable: true },
  'missing-prerequisite': { text: 'something that must be installed is missing', retryable: false },
  internal: { text: 'a defect in kafka-evolve', retryable: false },
}

/** Why unknown or narrowed data cannot be written (code `unknown-field-loss`). */
export type LossReason =
  | 'no-source'
  | 'foreign-source'
  | 'not-in-output-schema'
  | 'reader-only-field'
  | 'enum-symbol'
  | 'union-branch'
  | 'narrowing'
  | 'ambiguous-edit'
  | 'fresh-value'

/** One reason why a schema may not be the next version of a subject (code `incompatible-registration`). */
export interface CompatibilityProblem {
  /** The version of the subject that it does not go with. */
  readonly version: number
  /** Who is hit: `backward`, new readers of what that version wrote; `forward`, readers of that version, by what the new schema writes. */
  readonly direction: 'backward' | 'forward'
  /** JSON Pointer into the reader's schema: the new one for `backward`, the earlier one for `forward`. `/` is the root. */
  readonly path: string
  /** What it is, by Java's names where Java has one. */
  readonly kind: string
  readonly message: string
  /** The cure in words. */
  readonly hint: string
  /** Where a branch of a union cannot read all of it: the type or field that is at fault, by full name (`shop.Order.items[]`). Not told over HTTP. */
  readonly inside?: string
}

/** A schema as an error names it. */
export interface SchemaLabel {
  readonly name?: string | undefined
  readonly id?: number | undefined
  readonly subject?: string | undefined
  readonly version?: number | undefined
}

/** What is known about where an error happened. Never holds payload data. */
export interface ErrorDetails {
  readonly topic?: string | undefined
  readonly partition?: number | undefined
  readonly offset?: string | undefined
  /** Position in the `messages` of a `send`, from 0. */
  readonly messageIndex?: number | undefined
  /** Which half of the Kafka message. */
  readonly side?: 'key' | 'value' | undefined
  readonly subject?: string | undefined
  readonly schemaId?: number | undefined
  readonly reader?: SchemaLabel | undefined
  readonly writer?: SchemaLabel | undefined
  readonly reason?: LossReason | undefined
  /** JSON Pointer (RFC 6901) into the value, in the reader's field names; `''` is the whole value. */
  readonly path?: string | undefined
  /** Block of a container file, from 0. */
  readonly block?: number | undefined
  /** Where that block, or the part of the header at fault, begins: bytes from the start of the container file. */
  readonly byte?: number | undefined
  /** Record of the block (reading) or of all that are written, from 0. */
  readonly record?: number | undefined
  /** HTTP status of a registry answer. */
  readonly status?: number | undefined
  /** Error code of a registry answer (Confluent's numbers, such as 40403). */
  readonly registryCode?: number | undefined
  /** Every reason why a registry refuses a schema as incompatible, where it says them. */
  readonly problems?: readonly CompatibilityProblem[] | undefined
  /** What to do about it, in one sentence. */
  readonly hint?: string | undefined
}

/**
 * The one error class. `code` is from a closed list; `details` says where. The name is never one that makes kafkajs
 * stop a consumer for good (it does so for `RangeError`, `TypeError`, `SyntaxError` and `ReferenceError`).
 */
export class EvolveError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  /** The sentence without code, place and hint: what {@link EvolveError.with} starts from. */
  readonly problem: string

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}, cause?: unknown) {
    super(describe(code, problem, details), cause === undefined ? undefined : { cause })
    this.code = code
    this.problem = problem
    this.details = Object.freeze({ ...details })
  }

  /** JSON Pointer of the field, or `undefined` when the error is not about one. */
  get path(): string | undefined {
    return this.details.path
  }

  /** Whether the same call may succeed later with nothing changed but time. */
  get retryable(): boolean {
    return CODES[this.code].retryable
  }

  /** The same error with more said about where it happened; what is already said is kept. */
  with(details: ErrorDetails): EvolveError {
    const known = Object.fromEntries(Object.entries(this.details).filter(([, value]) => value !== undefined))
    const error = new EvolveError(this.code, this.problem, { ...details, ...known }, this.cause)
    if (this.stack !== undefined) error.stack = this.stack.replace(this.message, error.message)
    return error
  }
}
Object.defineProperty(EvolveError.prototype, 'name', { value: 'EvolveError', configurable: true, writable: true })

/** True for an {@link EvolveError}, also one of another copy of this package. */
export function isEvolveError(error: unknown): error is EvolveError {
  return error instanceof Error && error.name === 'EvolveError' && 'code' in error && Object.hasOwn(CODES, error.code as string)
}

function describe(code: ErrorCode, problem: string, details: ErrorDetails): string {
  const parts = [`[${code}] ${problem || CODES[code].text}`]
  const place = placeOf(details)
  if (place !== '') parts.push(`(${place})`)
  if (details.hint !== undefined) parts.push(`— ${details.hint}`)
  return parts.join(' ')
}

function placeOf(details: ErrorDetails): string {
  const words: string[] = []
  if (details.path !== undefined && details.path !== '') words.push(`at ${details.path}`)
  if (details.topic !== undefined) {
    const partition = details.partition === undefined ? '' : `[${details.partition}]`
    const offset = details.offset === undefined ? '' : `@${details.offset}`
    words.push(`topic ${details.topic}${partition}${offset}`)
  }
  if (details.block !== undefined) words.push(`block ${details.block}`)
  if (details.byte !== undefined) words.push(`byte ${details.byte}`)
  if (details.record !== undefined) words.push(`record ${details.record}`)
  if (details.messageIndex !== undefined) words.push(`message ${details.messageIndex}`)
  if (details.side !== undefined) words.push(details.side)
  if (details.schemaId !== undefined) words.push(`schema ID ${details.schemaId}`)
  if (details.subject !== undefined) words.push(`subject ${details.subject}`)
  if (details.writer !== undefined) words.push(`writer ${label(details.writer)}`)
  if (details.reader !== undefined) words.push(`reader ${label(details.reader)}`)
  return words.join(', ')
}

function label(schema: SchemaLabel): string {
  const version = schema.version === undefined ? '' : ` v${schema.version}`
  const id = schema.id === undefined ? '' : ` (ID ${schema.id})`
  return `${schema.name ?? schema.subject ?? 'schema'}${version}${id}`
}
