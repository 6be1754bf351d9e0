import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EvolveError } from '../../errors.ts'
import type { Registry } from '../types.ts'
import { compatibilityRoutes } from './compatibility.ts'
import { configRoutes } from './config.ts'
import { modeRoutes } from './mode.ts'
import { readJson } from './read-json.ts'
import { ok, type Reply, refuseWith } from './reply.ts'
import { findRoute, type Route, route } from './route.ts'
import { schemaRoutes } from './schemas.ts'
import { subjectRoutes } from './subjects.ts'

/** Options of {@link serveRegistry}. */
export interface RegistryServerOptions {
  /** What answers. It stays open when the server is closed. */
  readonly registry: Registry
  /** Default 0: any that is free. */
  readonly port?: number
  /** Address to listen on; default `127.0.0.1`. The server asks nobody for credentials. */
  readonly host?: string
  /** Told of each failure that the client only sees as a status of 500 or more. */
  readonly onError?: (error: unknown) => void
}

/** A running server. */
export interface RegistryServer {
  /** For `httpRegistry`, and for any client of Confluent's API. */
  readonly url: string
  /** Lets running requests end (for up to 2 s), then cuts all connections. A second call waits for the same. */
  close(): Promise<void>
}

const routes: readonly Route[] = [
  ...subjectRoutes,
  ...schemaRoutes,
  ...configRoutes,
  ...modeRoutes,
  ...compatibilityRoutes,
  route('GET /', async () => ok({})),
]
const contentType = 'application/vnd.schemaregistry.v1+json'
const graceMs = 2_000

/**
 * Serves a registry over HTTP, as Confluent's Schema Registry does: `POST /subjects/{s}/versions`, `POST /subjects/{s}`,
 * `GET /subjects/{s}/versions[/{v}|/latest]`, `GET /schemas/ids/{id}`, and `GET /subjects`, `GET /schemas/ids/{id}/versions` where the
 * registry can list; `/config`, `/mode` and `/compatibility` where it has levels. Bodies are at most 1 MiB.
 * @throws EvolveError `registry-unavailable` when it cannot listen there.
 */
export async function serveRegistry(options: RegistryServerOptions): Promise<RegistryServer> {
  const { registry, port = 0, host = '127.0.0.1', onError } = options
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void respond(registry, request, response, onError)
  })
  await listen(server, port, host)
  const { address, family, port: actual } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    close: () => {
      closed ??= shut(server)
      return closed
    },
  }
}

async function respond(
  registry: Registry,
  request: IncomingMessage,
  response: ServerResponse,
  onError?: (error: unknown) => void,
): Promise<void> {
  let reply: Reply
  try {
    reply = await answer(registry, request)
  } catch (error) {
    // Whoever went away is not waiting for an answer.
    if (request.destroyed && !request.complete) return void response.destroy()
    reply = refuseWith(error)
    if (reply.status >= 500) report(onError, error)
  }
  if (response.destroyed) return
  response.writeHead(reply.status, { ...reply.headers, 'content-type': contentType, 'x-content-type-options': 'nosniff' })
  response.end(JSON.stringify(reply.body))
}

function report(onError: ((error: unknown) => void) | undefined, error: unknown): void {
  try {
    onError?.(error)
  } catch {
    // A listener that fails must not take the server down.
  }
}

async function answer(registry: Registry, request: IncomingMessage): Promise<Reply> {
  const found = findRoute(routes, request.method ?? '', request.url ?? '')
  if ('refusal' in found) {
    request.resume()
    return found.refusal
  }
  const hasBody = found.route.method === 'POST' || found.route.method === 'PUT'
  if (!hasBody) request.resume()
  const body = hasBody ? await readJson(request) : { json: undefined }
  if ('refusal' in body) return body.refusal
  return found.route.handle({ registry, path: found.path, query: found.query, body: body.json })
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new EvolveError('registry-unavailable', `cannot listen on ${host}:${port}${code}`, {}, error)
  }
}

async function shut(server: Server): Promise<void> {
  const done = once(server, 'close')
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await done
  clearTimeout(timer)
}
