import type { IncomingMessage } from 'node:http'
import { type Reply, refuse } from './reply.ts'

/** A client that sends more than this, or than the longest body that is read, is cut off; below it, it gets to hear why it is refused. */
const maxDrained = 16 * 1024 * 1024
/** The types that Confluent's server takes. Also keeps web pages out: a browser sends none of these to another site without asking first. */
const mediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.schemaregistry.v1+json',
  'application/vnd.schemaregistry+json',
  'application/json',
])

/** The JSON of a request's body, or the refusal. Rejects when the client goes away. */
export async function readJson(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly json: unknown } | { readonly refusal: Reply }> {
  const bytes = await readBytes(request, maxBytes)
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  if (!mediaTypes.has(type.trim().toLowerCase())) return { refusal: refuse(415, 'HTTP 415 Unsupported Media Type') }
  if (bytes === undefined) return { refusal: refuse(413, `the body is longer than ${maxBytes} bytes`) }
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return { refusal: refuse(400, 'the body is not JSON') }
  }
}

/** The body, or `undefined` when it is too long; it is read to its end then too, as many clients listen only after they have said all. */
async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > Math.max(maxDrained, maxBytes)) throw new Error('the client sends without end')
    if (length <= maxBytes) chunks.push(chunk)
    else chunks.length = 0
  }
  return length > maxBytes ? undefined : Buffer.concat(chunks)
}
