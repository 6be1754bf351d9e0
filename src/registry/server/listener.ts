import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { EvolveError } from '../../errors.ts'
import { type ServerTls, tlsOptions } from './tls.ts'

/** How long and how much clients may take. All times in milliseconds. */
export interface ListenerLimits {
  /** For the headers of a request. */
  readonly headersTimeoutMs: number
  /** For a whole request, body included. */
  readonly requestTimeoutMs: number
  /** Between two requests on one connection. */
  readonly keepAliveTimeoutMs: number
  /** Connections at once; more are cut off when they come. */
  readonly maxConnections: number
}

/** Where a server listens. */
export interface ListenerOptions extends ListenerLimits {
  readonly port: number
  readonly host: string
  readonly tls: ServerTls | undefined
}

/** An open port. */
export interface Listener {
  readonly url: string
  /** Open connections. */
  connections(): Promise<number>
  /** Takes no more connections, lets requests end for up to `graceMs`, then cuts all. */
  stop(graceMs: number): Promise<void>
  /** New connections get these certificates. @throws EvolveError `invalid-options`. */
  renew(tls: ServerTls): void
}

/** Opens the port. @throws EvolveError `registry-unavailable` when it cannot listen there, `invalid-options` for TLS material that is none. */
export async function openListener(
  options: ListenerOptions,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  onDrop: () => void,
): Promise<Listener> {
  const { port, host, tls, headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, maxConnections } = options
  const settings = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // How often Node looks for requests that take too long; its own 30 s would let them live much longer.
    connectionsCheckingInterval: Math.max(50, Math.min(1_000, headersTimeoutMs / 4)),
  }
  const server = tls === undefined ? createServer(settings, onRequest) : createTlsServer({ ...settings, ...tlsOptions(tls) }, onRequest)
  server.maxConnections = maxConnections
  // Who neither sends nor reads for this long is cut off, in the middle of an answer too.
  server.timeout = 2 * requestTimeoutMs
  server.on('drop', onDrop)
  server.on('clientError', refuseRubbish)
  const unused = new Set<Socket>()
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))
  await listen(server, port, host)
  const { address, family, port: actual } = server.address() as AddressInfo
  return {
    url: `http${tls === undefined ? '' : 's'}://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    connections: () => new Promise((resolve) => server.getConnections((error, count) => resolve(error === null ? count : 0))),
    stop: (graceMs) => stop(server, unused, graceMs),
    renew: (next) => {
      if (tls === undefined || !('setSecureContext' in server)) throw new EvolveError('invalid-options', 'this server has no TLS')
      server.setSecureContext(tlsOptions(next))
    },
  }
}

const problems: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/** Answers what is no request, in the form of all other refusals. */
function refuseRubbish(error: Error & { readonly code?: string }, socket: import('node:stream').Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, message] = problems[error.code ?? ''] ?? [400, 'Bad Request']
  const body = JSON.stringify({ error_code: status, message })
  socket.end(
    `HTTP/1.1 ${status} ${message}\r\nconnection: close\r\ncontent-type: application/vnd.schemaregistry.v1+json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    // Whoever goes on sending does not keep the socket.
    () => socket.destroy(),
  )
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const hint = hints[code]
    throw new EvolveError(
      'registry-unavailable',
      `cannot listen on ${host}:${port}${code === '' ? '' : ` (${code})`}`,
      hint === undefined ? {} : { hint },
      error,
    )
  }
}

const hints: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process has this port: stop it, or take another port (0 is any that is free)',
  EACCES: 'the system keeps ports below 1024 for others: take a higher one',
  EADDRNOTAVAIL: 'this machine does not have that address: 127.0.0.1 is itself, 0.0.0.0 all of its addresses',
  ENOTFOUND: 'the host name is not known: 127.0.0.1 is this machine, 0.0.0.0 all of its addresses',
}

/** A connection that has asked for nothing gets so long to do it, in milliseconds. */
const lastWordMs = 1_000

async function stop(server: Server, unused: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const done = once(server, 'close')
  server.close()
  // Node ends idle connections at once, but counts none as idle that never had a request.
  const quiet = setTimeout(
    () => {
      for (const socket of unused) socket.destroy()
    },
    Math.min(graceMs, lastWordMs),
  )
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await done
  clearTimeout(quiet)
  clearTimeout(timer)
}
