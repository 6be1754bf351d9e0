import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from '../types.ts'
import { type HttpRegistry, httpRegistry } from './http-registry.ts'
import type { HttpRegistryOptions } from './manner.ts'

const open: { servers: Server[]; registries: Registry[] } = { servers: [], registries: [] }

/** Closes all that this file's functions have opened. */
export async function closeAll(): Promise<void> {
  for (const registry of open.registries.splice(0)) await registry.close()
  while (open.servers.length > 0) await closeLast()
}

/** Closes the server that was started last: nobody listens at its address then. */
export async function closeLast(): Promise<void> {
  const server = open.servers.pop()
  server?.closeAllConnections()
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
}

/** A server that answers whatever the test wants. */
export interface FakeServer {
  readonly url: string
  /** What was asked, as `GET /path`. */
  readonly asked: string[]
  readonly requests: IncomingMessage[]
}

export async function serve(handle: (request: IncomingMessage, response: ServerResponse, count: number) => void): Promise<FakeServer> {
  const asked: string[] = []
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    requests.push(request)
    request.resume()
    handle(request, response, asked.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.servers.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, requests }
}

/** A server that answers the same to everything. */
export function always(status: number, body: string | Buffer, headers: Record<string, string> = {}): Promise<FakeServer> {
  return serve((_request, response) => void response.writeHead(status, headers).end(body))
}

/** A client that tries once and has patience, unless the options say otherwise. */
export function client(url: string | undefined, options: Partial<HttpRegistryOptions> = {}): HttpRegistry {
  const registry = httpRegistry({ url, timeoutMs: 60_000, retries: 0, ...options })
  open.registries.push(registry)
  return registry
}

/** The body of a refusal as registries write it. */
export function refusal(code: number, message = 'no'): string {
  return JSON.stringify({ error_code: code, message })
}
