import { EvolveError, isEvolveError } from '../errors.ts'
import { orAborted } from '../signals.ts'
import { frameMessage, maxMessageBytes, readMessage } from './framing.ts'
import { connectionLost, type RpcTransport } from './transport.ts'

/** What {@link httpTransport} takes besides the address. */
export interface HttpTransportOptions {
  /** Sent with every request, for instance credentials. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
  /** The most bytes of a reply. Default and highest 16 MiB. */
  readonly maxMessageBytes?: number
}

/**
 * Messages as bodies of HTTP POST requests (Apache Avro 1.12, "HTTP as Transport"), stateless. Redirects are not followed. What is not a
 * 200 is `connection-lost` where trying again may help (429 and 5xx), else `handshake-failed`.
 */
export function httpTransport(url: string | URL, options: HttpTransportOptions = {}): RpcTransport {
  const limit = options.maxMessageBytes ?? maxMessageBytes
  const send = options.fetch ?? globalThis.fetch
  const headers = { ...options.headers, 'content-type': 'avro/binary', accept: 'avro/binary' }
  const exchange: RpcTransport['exchange'] = async (message, { signal }) => {
    try {
      const body = new Uint8Array(frameMessage(message))
      const response = await orAborted(send(url, { method: 'POST', headers, body, signal, redirect: 'manual' }), signal)
      return await orAborted(readReply(response, limit), signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isEvolveError(error)) throw connectionLost('the server cannot be reached', error)
      throw error.code === 'truncated-frame' ? connectionLost('the answer ends inside its message', error) : error
    }
  }
  return { stateful: false, exchange, close: () => undefined }
}

async function readReply(response: Response, limit: number): Promise<Buffer> {
  const { status } = response
  if (status !== 200) {
    await response.body?.cancel()
    const isPassing = status === 429 || status >= 500
    throw new EvolveError(isPassing ? 'connection-lost' : 'handshake-failed', `the server answered with HTTP ${status}`, { status })
  }
  if (response.body === null) throw connectionLost('the server answered with nothing')
  return readMessage(response.body as AsyncIterable<Uint8Array>, limit)
}
