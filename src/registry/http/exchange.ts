import { type ErrorDetails, EvolveError, isEvolveError } from '../../errors.ts'
import { following, orAborted } from '../signals.ts'
import { type Question, refusalError } from './answer-errors.ts'
import type { Credentials } from './credentials.ts'
import { jitter, pause, retryAfter } from './pause.ts'
import { readBody } from './read-body.ts'

/** One thing to ask the registry. */
export interface Inquiry {
  readonly question: Question
  readonly method: 'GET' | 'POST'
  /** Path below the registry's URL, escaped. */
  readonly path: string
  readonly body?: unknown
  /** What an error about it says of its place. */
  readonly details: ErrorDetails
}

/** How a client talks: the options that hold for all its requests. */
export interface Manner {
  readonly base: string
  readonly credentials: Credentials
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
  readonly retries: number
  readonly maxAnswerBytes: number
}

const mediaType = 'application/vnd.schemaregistry.v1+json'
const longestMessage = 2_000

/**
 * Asks, and asks again after a pause where that can help. Gives the JSON of a 200.
 * @throws EvolveError as {@link refusalError} says, `registry-unavailable`, `registry-timeout`, `registry-bad-answer`; the signal's reason when it is aborted.
 */
export async function exchange(manner: Manner, inquiry: Inquiry, signal: AbortSignal): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await attemptOnce(manner, inquiry, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      if (!error.error.retryable || attempt >= manner.retries) throw error.error
      await pause(Math.max(jitter(attempt), Math.min(error.retryAfterMs, manner.timeoutMs)), signal)
    }
  }
}

/** An error with what the answer said about trying again. Never leaves this file. */
class Failure extends Error {
  readonly error: EvolveError
  readonly retryAfterMs: number

  constructor(error: EvolveError, retryAfterMs = 0) {
    super()
    this.error = error
    this.retryAfterMs = retryAfterMs
  }
}

async function attemptOnce(manner: Manner, inquiry: Inquiry, signal: AbortSignal): Promise<unknown> {
  const { timeoutMs, maxAnswerBytes } = manner
  const { controller, release } = following(signal)
  let late = false
  // One timer for head and body: a body that drips in for ever ends here as well.
  const timer = setTimeout(() => {
    late = true
    controller.abort()
  }, timeoutMs)
  try {
    const response = await send(manner, inquiry, controller.signal)
    const text = await orAborted(readBody(manner.base, response, maxAnswerBytes), controller.signal)
    if (response.status === 200) return parse(text, manner, inquiry)
    throw new Failure(refusal(manner, inquiry, response.status, text), retryAfter(response.headers, Date.now()))
  } catch (error) {
    if (error instanceof Failure) throw error
    if (late)
      throw new Failure(
        new EvolveError(
          'registry-timeout',
          `the registry at ${manner.base} did not answer in full within ${timeoutMs} ms`,
          inquiry.details,
        ),
      )
    if (isEvolveError(error)) throw new Failure(error.with(inquiry.details))
    throw new Failure(unreachable(error, manner, inquiry))
  } finally {
    clearTimeout(timer)
    release()
  }
}

async function send(manner: Manner, inquiry: Inquiry, signal: AbortSignal): Promise<Response> {
  const headers = new Headers(await orAborted(manner.credentials.headers(), signal))
  headers.set('accept', `${mediaType}, application/json;q=0.9`)
  if (inquiry.body !== undefined) headers.set('content-type', mediaType)
  const body = inquiry.body === undefined ? {} : { body: JSON.stringify(inquiry.body) }
  // A redirect is not followed: credentials and schemas go where the options say and nowhere else.
  const request: RequestInit = { method: inquiry.method, headers, signal, redirect: 'manual', ...body }
  // A `fetch` of the user's may not heed the signal: the wait ends all the same.
  return orAborted(manner.fetch(`${manner.base}${inquiry.path}`, request), signal)
}

function parse(text: string, manner: Manner, inquiry: Inquiry): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson(200, text, manner, inquiry)
  }
}

function refusal(manner: Manner, inquiry: Inquiry, status: number, text: string): EvolveError {
  const { question, details } = inquiry
  const { registryCode, message } = errorParts(text)
  if (registryCode === undefined && status === 404) return notJson(status, text, manner, inquiry)
  return refusalError({
    base: manner.base,
    question,
    status,
    details,
    registryCode,
    message: message === undefined ? undefined : readable(manner.credentials.redact(message)),
  })
}

/** `error_code` and `message` of an answer, where it is one of a registry. What a proxy or a web server writes instead is not repeated. */
function errorParts(text: string): { readonly registryCode?: number; readonly message?: string } {
  try {
    const json = JSON.parse(text) as { readonly error_code?: unknown; readonly message?: unknown } | null
    const { error_code: code, message } = json ?? {}
    return { ...(Number.isInteger(code) ? { registryCode: code as number } : {}), ...(typeof message === 'string' ? { message } : {}) }
  } catch {
    return {}
  }
}

function notJson(status: number, text: string, { base }: Manner, { details, question }: Inquiry): EvolveError {
  const what = /^\s*</.test(text) ? 'a web page' : text === '' ? 'nothing' : 'something that is not the JSON of a registry'
  const problem = `${base} answered ${question} with status ${status} and ${what}`
  return new EvolveError('registry-bad-answer', problem, {
    ...details,
    status,
    hint: 'is the url that of a schema registry, with its whole path?',
  })
}

/** One line without control characters, at most {@link longestMessage} long. */
function readable(message: string): string {
  return message.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, longestMessage)
}

function unreachable(error: unknown, { base }: Manner, { details }: Inquiry): EvolveError {
  const root = rootCause(error)
  const code = root instanceof Error && 'code' in root && typeof root.code === 'string' ? ` (${root.code})` : ''
  // Only the socket's own error goes along: what fetch puts around it may quote the request.
  const hint = 'does it run, and is the url right?'
  return new EvolveError(
    'registry-unavailable',
    `the registry at ${base} cannot be reached${code}`,
    { ...details, hint },
    code === '' ? undefined : root,
  )
}

function rootCause(error: unknown): unknown {
  let at = error
  for (let depth = 0; depth < 8 && at instanceof Error && at.cause !== undefined; depth += 1) at = at.cause
  return at instanceof AggregateError && at.errors.length > 0 ? at.errors[0] : at
}
