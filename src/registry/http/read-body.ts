import { EvolveError } from '../../errors.ts'
import type { IncomingAnswer } from './transport.ts'

/**
 * The text of a response of `base`, read no further than `maxBytes` (counted after decompression).
 * @throws EvolveError `registry-bad-answer` when it is longer or not UTF-8; whatever the stream throws when it breaks.
 */
export async function readBody(base: string, response: IncomingAnswer, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop early cancels the stream, which closes the connection.
  for await (const chunk of response.body) {
    length += chunk.byteLength
    if (length > maxBytes)
      throw new EvolveError('registry-bad-answer', `the answer of ${base} is longer than ${maxBytes} bytes`, { status: response.status })
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new EvolveError('registry-bad-answer', `the answer of ${base} is not UTF-8`, { status: response.status })
  }
}
