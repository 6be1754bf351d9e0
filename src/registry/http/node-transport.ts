import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { EvolveError } from '../../errors.ts'
import type { RegistryTls } from './tls.ts'
import type { IncomingAnswer, OutgoingRequest, Transport } from './transport.ts'

/** Idle connections to one server that are kept. */
const maxIdle = 8

/**
 * Node's own HTTP client, with connections that are kept and TLS as the options say: its `fetch` takes no certificates, and cannot close what it
 * keeps.
 */
export function nodeTransport(tls: RegistryTls = {}): Transport {
  const [kept, own] = [agents(true, tls), agents(false, tls)]
  return {
    send: (request) => {
      const { plain, secure } = request.repeatable ? kept : own
      return sendAgain(request, request.url.startsWith('https:') ? secure : plain)
    },
    close: () => {
      for (const { plain, secure } of [kept, own]) {
        plain.destroy()
        secure.destroy()
      }
    },
  }
}

function agents(keepAlive: boolean, tls: RegistryTls): { readonly plain: http.Agent; readonly secure: https.Agent } {
  const options = { keepAlive, maxFreeSockets: maxIdle }
  return { plain: new http.Agent(options), secure: new https.Agent({ ...options, ...(tls as https.AgentOptions) }) }
}

/** A kept connection may have been closed by the server a moment ago: that says nothing about the server. What is not to be sent twice is not sent on one. */
async function sendAgain(request: OutgoingRequest, agent: http.Agent): Promise<IncomingAnswer> {
  for (;;) {
    const sent = sendOnce(request, agent)
    try {
      return answer(await sent.response)
    } catch (error) {
      const stale = sent.reusedConnection() && isHangUp(error)
      if (!stale || request.signal.aborted) throw error
    }
  }
}

function sendOnce({ url, method, headers, body, signal }: OutgoingRequest, agent: http.Agent) {
  const { request } = agent instanceof https.Agent ? https : http
  const asText: Record<string, string> = Object.fromEntries(headers)
  asText['accept-encoding'] = 'gzip'
  if (body !== undefined) asText['content-length'] = String(Buffer.byteLength(body))
  const outgoing = request(new URL(url), { method, headers: asText, agent, signal })
  const response = new Promise<IncomingMessage>((resolve, reject) => outgoing.once('response', resolve).once('error', reject))
  // What comes after the first error, or after the answer has begun, is told by the body.
  outgoing.on('error', () => undefined)
  outgoing.end(body)
  return { response, reusedConnection: () => outgoing.reusedSocket }
}

function answer(message: IncomingMessage): IncomingAnswer {
  const headers = new Headers()
  for (const [name, values] of Object.entries(message.headersDistinct)) for (const value of values ?? []) headers.append(name, value)
  return { status: message.statusCode ?? 0, headers, body: decoded(message) }
}

/** Only gzip was asked for. What is read of it is bounded by the reader, however much it would become. */
function decoded(message: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return message
  if (encoding === 'gzip' || encoding === 'x-gzip') return pipeline(message, createGunzip(), () => undefined)
  message.destroy()
  throw new EvolveError('registry-bad-answer', 'the answer is compressed in a way that was not asked for')
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}
