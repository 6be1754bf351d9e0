import { EvolveError, isEvolveError } from '../errors.ts'
import { orAborted } from '../registry/signals.ts'
import { FrameDecoder, frameMessage, maxMessageBytes } from './framing.ts'
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
      throw isEvolveError(error) ? error : connectionLost('the server cannot be reached', error)
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
  const decoder = new FrameDecoder('standard', limit)
  const replies: Buffer[] = []
  // Leaving the loop early cancels the stream, which closes the connection.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    for (const { message } of decoder.push(chunk)) replies.push(message)
    if (replies.length > 1) break
  }
  const [reply] = replies
  if (reply === undefined) throw connectionLost('the answer ends inside its message')
  if (replies.length > 1 || decoder.isInside) throw new EvolveError('malformed-data', 'the answer holds more than one message')
  return reply
}
