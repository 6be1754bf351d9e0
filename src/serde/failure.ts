import { type ErrorCode, type ErrorDetails, EvolveError, isEvolveError, type LossReason, type SchemaLabel } from '../errors.ts'

/** What to do about an error that the layers below explain but give no advice for. */
const hints: Partial<Record<ErrorCode, string>> = {
  'not-framed': 'what produced it writes no schema IDs: take the topic out of `topics`, or choose `onUndecodable`',
  'schema-not-found': 'the message was written against another registry, or its schema was deleted there',
  'incompatible-schemas': 'give the definition defaults or aliases for what changed, or choose `onUndecodable`',
}

const lossHints: Partial<Record<LossReason, string>> = {
  'no-source': 'copy the record you received, `{ ...record, change }`, so that what it carries rides along',
  'foreign-source': 'keep the records of a message in that message, or build them anew',
  'not-in-output-schema': 'send the message you received, changed, and not only a part of it',
  'reader-only-field': 'the writer of the message has no such field: leave it at its default until the writers are upgraded',
  'enum-symbol': 'the writer of the message has no such symbol: use one it knows until the writers are upgraded',
  'union-branch': 'the writer of the message has no such branch: use one it knows until the writers are upgraded',
  narrowing: 'the writer of the message has a narrower type: keep the value inside it until the writers are upgraded',
}

/**
 * Any error as an {@link EvolveError}, a stray one under `code` with the original as its cause: `internal` for a codec; `registry-unavailable`
 * for a registry, so that it never counts against a message.
 */
export function asEvolveError(error: unknown, doing: string, code: ErrorCode = 'internal'): EvolveError {
  if (error instanceof EvolveError) return error
  if (isEvolveError(error)) return new EvolveError(error.code, error.problem, error.details, error.cause)
  return new EvolveError(code, `${doing} failed unexpectedly: ${error instanceof Error ? error.message : 'not an Error'}`, {}, error)
}

/** The error with its place, its schemas and a hint; what it says itself is kept, labels are completed. */
export function located(error: EvolveError, place: ErrorDetails): EvolveError {
  const { reader, writer, reason } = error.details
  const hint = (reason === undefined ? undefined : lossHints[reason]) ?? hints[error.code]
  const said: ErrorDetails = { ...place, hint: place.hint ?? hint }
  if (reader === undefined && writer === undefined) return error.with(said)
  const complete = new EvolveError(
    error.code,
    error.problem,
    { ...error.details, reader: merged(place.reader, reader), writer: merged(place.writer, writer) },
    error.cause,
  )
  if (error.stack !== undefined) complete.stack = error.stack.replace(error.message, complete.message)
  return complete.with(said)
}

function merged(ours: SchemaLabel | undefined, theirs: SchemaLabel | undefined): SchemaLabel | undefined {
  if (ours === undefined || theirs === undefined) return ours ?? theirs
  return { ...ours, ...Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== undefined)) }
}

/** The name of a parsed schema, where it has one. */
export function nameOf(schema: object): string | undefined {
  return 'name' in schema && typeof schema.name === 'string' ? schema.name : undefined
}
