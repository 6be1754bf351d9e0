import type { IncomingMessage, ServerResponse } from 'node:http'
import { EvolveError, isEvolveError } from '../../errors.ts'
import type { Registry } from '../types.ts'
import type { Admission } from './access/admission.ts'
import { answerType } from './answer-type.ts'
import type { Health } from './health.ts'
import { type ServerLogger, told } from './logger.ts'
import type { ServerMetrics } from './metrics.ts'
import { readJson } from './read-json.ts'
import { type Reply, refuse, refuseWith } from './reply.ts'
import { findRoute, type Route, routeName } from './route.ts'

/** Labels of metrics are few: a method that is none of these is counted as another. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
const maxLoggedPath = 512

/** What answering needs. */
export interface Desk {
  readonly registry: Registry
  readonly routes: readonly Route[]
  readonly admission: Admission
  readonly health: Health
  readonly metrics: ServerMetrics
  readonly logger: ServerLogger | undefined
  readonly onError: ((error: unknown) => void) | undefined
  /** Longest body that is read. */
  readonly maxBodyBytes: number
  /** Longest that the registry may take. */
  readonly answerTimeoutMs: number
}

/** What is found out about a request while it is answered. */
interface Visit {
  /** As the metrics name it. */
  route: string
  /** Who asks, where that is known. */
  name: string | undefined
  status: number
}

/** Answers one request, counts it, logs it. Never rejects. */
export async function respond(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const began = performance.now()
  const visit: Visit = { route: 'none', name: undefined, status: 0 }
  desk.metrics.began()
  response.once('close', () => {
    const ms = performance.now() - began
    const status = response.writableFinished ? visit.status : 0
    const method = request.method ?? ''
    desk.metrics.ended(methods.has(method) ? method : 'other', visit.route, status, ms / 1_000)
    if (desk.logger !== undefined) logVisit(desk.logger, request, visit, status, ms)
  })
  const reply = await replyTo(desk, request, visit)
  // Whoever went away is not waiting for an answer.
  if (reply === undefined || response.destroyed) return void response.destroy()
  visit.status = reply.status
  // What was not read must not stand in front of the next request on this connection.
  request.resume()
  send(response, reply, answerType(request.headers.accept), desk.health.stopping)
}

async function replyTo(desk: Desk, request: IncomingMessage, visit: Visit): Promise<Reply | undefined> {
  try {
    return desk.admission.challenged(await answer(desk, request, visit))
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined
    const reply = desk.admission.challenged(refuseWith(error))
    if (reply.status >= 500) reportFailure(desk, error)
    return reply
  }
}

async function answer(desk: Desk, request: IncomingMessage, visit: Visit): Promise<Reply> {
  const found = findRoute(desk.routes, request.method ?? '', request.url ?? '')
  const isOpen = 'route' in found && found.route.isOpen === true
  if ('route' in found) visit.route = routeName(found.route)
  if (desk.health.stopping && !isOpen) return { ...refuse(503, 'the server is stopping'), headers: { 'retry-after': '1' } }
  const admitted = isOpen ? { registry: desk.registry, name: undefined } : await desk.admission.admit(request.headers.authorization)
  if ('refusal' in admitted) return admitted.refusal
  visit.name = admitted.name
  if ('refusal' in found) return found.refusal
  const hasBody = found.route.method === 'POST' || found.route.method === 'PUT'
  const body = hasBody ? await readJson(request, desk.maxBodyBytes) : { json: undefined }
  if ('refusal' in body) return body.refusal
  return inTime(
    found.route.handle({ registry: admitted.registry, path: found.path, query: found.query, body: body.json, headers: request.headers }),
    desk.answerTimeoutMs,
  )
}

/** The reply, or a failure when it does not come in time; what becomes of it later is ignored. */
async function inTime(reply: Promise<Reply>, timeoutMs: number): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new EvolveError('registry-timeout', `the store did not answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([reply, late])
  } finally {
    clearTimeout(timer)
  }
}

function send(response: ServerResponse, { status, body, type, headers }: Reply, jsonType: string, isLast: boolean): void {
  const text = type === undefined ? JSON.stringify(body) : String(body)
  response.writeHead(status, {
    ...headers,
    ...(isLast ? { connection: 'close' } : {}),
    ...(status === 204 ? {} : { 'content-type': type ?? jsonType, 'content-length': Buffer.byteLength(text) }),
    'x-content-type-options': 'nosniff',
  })
  response.end(status === 204 ? undefined : text)
}

function reportFailure({ metrics, logger, onError }: Desk, error: unknown): void {
  metrics.failed(isEvolveError(error) ? error.code : 'internal')
  told(() => logger?.error({ err: error }, 'a request failed'))
  told(() => onError?.(error))
}

/** No credentials, nothing of the body, and of the URL only its path. */
function logVisit(logger: ServerLogger, request: IncomingMessage, { route, name }: Visit, status: number, ms: number): void {
  const [path = ''] = (request.url ?? '').split('?', 1)
  const fields = {
    method: request.method,
    path: path.slice(0, maxLoggedPath),
    route,
    status,
    ms: Math.round(ms * 100) / 100,
    ...(name === undefined ? {} : { user: name }),
    remote: request.socket.remoteAddress,
  }
  told(() => (route.startsWith('/health') ? logger.debug(fields, 'request') : logger.info(fields, 'request')))
}
