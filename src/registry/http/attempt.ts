import { type ErrorDetails, EvolveError, isEvolveError } from '../../errors.ts'
import { following, orAborted } from '../../signals.ts'
import { type Question, refusalError } from './answer-errors.ts'
import { errorParts, notJson, readable } from './answer-text.ts'
import type { Endpoint } from './endpoints.ts'
import { retryAfter } from './pause.ts'
import { readBody } from './read-body.ts'
import type { IncomingAnswer, Transport } from './transport.ts'
import { isUntouched, unreachable } from './unreachable.ts'

/** One thing to ask the registry. */
export interface Inquiry {
  readonly question: Question
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path below the registry's URL, escaped. */
  readonly path: string
  readonly body?: unknown
  /** What an error about it says of its place. */
  readonly details: ErrorDetails
  /** Whether a second time does what one time does. Default `true`. */
  readonly repeatable?: boolean
}

/** What holds for every attempt. */
export interface AttemptLimits {
  readonly transport: Transport
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
  /** The text with every secret of any address blotted out: one may quote what was sent to another. */
  redact(text: string): string
}

/** An error with what is known about trying again. */
export class Failure extends Error {
  readonly error: EvolveError
  /** Whether another attempt can help, and does no harm. */
  readonly again: boolean
  /** How long the registry wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number

  constructor(error: EvolveError, again: boolean = error.retryable, retryAfterMs = 0) {
    super()
    this.error = error
    this.again = again
    this.retryAfterMs = retryAfterMs
  }
}

const mediaType = 'application/vnd.schemaregistry.v1+json'

/**
 * Asks one address once. Gives the JSON of a 200.
 * @throws Failure; the signal's reason when it is aborted.
 */
export async function attempt(limits: AttemptLimits, endpoint: Endpoint, inquiry: Inquiry, signal: AbortSignal): Promise<unknown> {
  const { timeoutMs, maxAnswerBytes } = limits
  const { base } = endpoint
  const { details, repeatable = true } = inquiry
  const { controller, release } = following(signal)
  let late = false
  // One timer for head and body: a body that drips in for ever ends here as well.
  const timer = setTimeout(() => {
    late = true
    controller.abort()
  }, timeoutMs)
  try {
    const answer = await send(limits.transport, endpoint, inquiry, controller.signal)
    const text = await orAborted(readBody(base, answer, maxAnswerBytes), controller.signal)
    if (answer.status === 200) return parse(text, answer, base, limits, inquiry)
    const error = refusal(base, limits, inquiry, answer.status, text)
    // A server that says 429 or 503 has done nothing; after another 5xx nobody knows.
    const again = error.retryable && (repeatable || answer.status === 429 || answer.status === 503)
    throw new Failure(error, again, retryAfter(answer.headers, Date.now()))
  } catch (error) {
    if (error instanceof Failure) throw error
    signal.throwIfAborted()
    if (late) {
      const problem = `the registry at ${base} did not answer in full within ${timeoutMs} ms`
      throw new Failure(new EvolveError('registry-timeout', problem, details), repeatable)
    }
    if (isEvolveError(error)) throw new Failure(new EvolveError(error.code, error.problem, { ...details, ...error.details }, error.cause))
    const found = unreachable(error, base, details)
    throw new Failure(found, found.retryable && (repeatable || isUntouched(error)))
  } finally {
    clearTimeout(timer)
    release()
  }
}

async function send(transport: Transport, { base, credentials }: Endpoint, inquiry: Inquiry, signal: AbortSignal): Promise<IncomingAnswer> {
  const { method, path, body, repeatable = true } = inquiry
  const headers = new Headers(await orAborted(credentials.headers(), signal))
  headers.set('accept', `${mediaType}, application/json;q=0.9`)
  if (body !== undefined) headers.set('content-type', mediaType)
  const text = body === undefined ? undefined : JSON.stringify(body)
  // A `fetch` of the user's may not heed the signal: the wait ends all the same.
  return orAborted(transport.send({ url: `${base}${path}`, method, headers, body: text, signal, repeatable }), signal)
}

function parse(text: string, { status, headers }: IncomingAnswer, base: string, { redact }: AttemptLimits, inquiry: Inquiry): unknown {
  const type = headers.get('content-type')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw notJson(base, inquiry.question, status, text, inquiry.details)
  }
  // What a proxy or a web server makes of it must not pass for an answer because it can be read as one.
  if (type === null || /[/+]json\b/i.test(type)) return json
  const problem = `${base} answered ${inquiry.question} with the content type ${JSON.stringify(readable(redact(type)).slice(0, 100))}, not JSON`
  throw new EvolveError('registry-bad-answer', problem, { ...inquiry.details, status })
}

function refusal(base: string, { redact }: AttemptLimits, inquiry: Inquiry, status: number, text: string): EvolveError {
  const { registryCode, message } = errorParts(text)
  const { question, details } = inquiry
  if (status === 404 && registryCode === undefined) return notJson(base, question, status, text, details)
  return refusalError({
    base,
    question,
    status,
    details,
    registryCode,
    message: message === undefined ? undefined : readable(redact(message)),
  })
}
