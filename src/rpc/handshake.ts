import { EvolveError } from '../errors.ts'
import { parseSchema } from '../schema/parse.ts'
import type { Tap } from '../wire/tap.ts'
import { decodePlain, encodePlain } from './metadata.ts'

const md5 = { type: 'fixed', name: 'MD5', size: 16 }
const meta = { name: 'meta', type: ['null', { type: 'map', values: 'bytes' }] }

const requestSchema = parseSchema({
  type: 'record',
  name: 'HandshakeRequest',
  namespace: 'org.apache.avro.ipc',
  fields: [
    { name: 'clientHash', type: md5 },
    { name: 'clientProtocol', type: ['null', 'string'] },
    { name: 'serverHash', type: 'MD5' },
    meta,
  ],
})

const responseSchema = parseSchema({
  type: 'record',
  name: 'HandshakeResponse',
  namespace: 'org.apache.avro.ipc',
  fields: [
    { name: 'match', type: { type: 'enum', name: 'HandshakeMatch', symbols: ['BOTH', 'CLIENT', 'NONE'] } },
    { name: 'serverProtocol', type: ['null', 'string'] },
    { name: 'serverHash', type: ['null', md5] },
    meta,
  ],
})

/** What a client says first (Apache Avro 1.12, "Handshake"). Hashes are 32 hexadecimal digits. */
export interface HandshakeRequest {
  readonly clientHash: string
  /** Sent when the server has said that it does not know the hash. */
  readonly clientProtocol: string | null
  /** The protocol that the client takes the server's for. */
  readonly serverHash: string
}

/** What the server answers: whether both hashes are right, only the client's is known, or none is. */
export interface HandshakeResponse {
  readonly match: 'BOTH' | 'CLIENT' | 'NONE'
  readonly serverProtocol: string | null
  readonly serverHash: string | null
}

/** Writes a handshake request, without metadata. */
export function encodeHandshakeRequest(request: HandshakeRequest): Buffer {
  return encodePlain(requestSchema, {
    ...request,
    clientHash: Buffer.from(request.clientHash, 'hex'),
    serverHash: Buffer.from(request.serverHash, 'hex'),
    meta: null,
  })
}

/** Reads a handshake request and steps behind it. @throws EvolveError `handshake-failed`. */
export function decodeHandshakeRequest(tap: Tap): HandshakeRequest {
  const { clientHash, clientProtocol, serverHash } = readable(() => decodePlain(requestSchema, tap)) as {
    readonly clientHash: Buffer
    readonly clientProtocol: string | null
    readonly serverHash: Buffer
  }
  return { clientHash: clientHash.toString('hex'), clientProtocol, serverHash: serverHash.toString('hex') }
}

/** Writes a handshake response, without metadata. */
export function encodeHandshakeResponse(response: HandshakeResponse): Buffer {
  const serverHash = response.serverHash === null ? null : Buffer.from(response.serverHash, 'hex')
  return encodePlain(responseSchema, { ...response, serverHash, meta: null })
}

/** Reads a handshake response and steps behind it. @throws EvolveError `handshake-failed`. */
export function decodeHandshakeResponse(tap: Tap): HandshakeResponse {
  const { match, serverProtocol, serverHash } = readable(() => decodePlain(responseSchema, tap)) as {
    readonly match: HandshakeResponse['match']
    readonly serverProtocol: string | null
    readonly serverHash: Buffer | null
  }
  return { match, serverProtocol, serverHash: serverHash === null ? null : serverHash.toString('hex') }
}

function readable(read: () => unknown): unknown {
  try {
    return read()
  } catch (cause) {
    throw new EvolveError('handshake-failed', 'the bytes do not start with a handshake', {}, cause)
  }
}
