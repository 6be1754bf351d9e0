import { describe, expect, it } from 'vitest'
import { frameMessage } from './framing.ts'
import { httpTransport } from './http-transport.ts'

const exchange = { reply: true, signal: new AbortController().signal }
const message = Buffer.from('question')
const reply = frameMessage(Buffer.from('answer'))

/** A `fetch` that gives this answer, and notes what it was asked. */
function answering(body: Uint8Array | null, status = 200, asked: RequestInit[] = []): typeof globalThis.fetch {
  return async (_url, init) => {
    asked.push(init ?? {})
    return new Response(body === null ? null : new Uint8Array(body), { status })
  }
}

describe('httpTransport', () => {
  it('posts a message in standard framing, and takes the reply out of the answer', async () => {
    const asked: RequestInit[] = []
    const transport = httpTransport('http://host/', { fetch: answering(reply, 200, asked), headers: { authorization: 'x' } })
    expect(Buffer.from((await transport.exchange(message, exchange)) ?? []).toString()).toBe('answer')
    expect(asked).toMatchObject([{ method: 'POST', redirect: 'manual', headers: { authorization: 'x', 'content-type': 'avro/binary' } }])
    expect(Buffer.from(asked[0]?.body as Uint8Array)).toEqual(frameMessage(message))
  })

  const bad: readonly (readonly [string, typeof globalThis.fetch, string])[] = [
    ['a 400', answering(reply, 400), 'handshake-failed'],
    ['a redirect', answering(null, 302), 'handshake-failed'],
    ['a 429', answering(null, 429), 'connection-lost'],
    ['a 503', answering(Buffer.from('busy'), 503), 'connection-lost'],
    ['an answer without body', answering(null), 'connection-lost'],
    ['an answer that is cut off', answering(reply.subarray(0, 9)), 'connection-lost'],
    ['two replies', answering(Buffer.concat([reply, reply])), 'malformed-data'],
    ['bytes behind the reply', answering(Buffer.concat([reply, Buffer.of(0)])), 'malformed-data'],
    ['HTML', answering(Buffer.from('<!doctype html>')), 'limit-exceeded'],
    ['no answer', () => Promise.reject(new TypeError('fetch failed')), 'connection-lost'],
  ]
  it.each(bad)('takes %s for an error', async (_name, fetch, code) => {
    await expect(httpTransport('http://host/', { fetch }).exchange(message, exchange)).rejects.toMatchObject({ code })
  })

  it('gives up with the reason of the signal, also where the fetch does not heed it', async () => {
    const controller = new AbortController()
    const asked = httpTransport('http://host/', { fetch: () => new Promise(() => undefined) }).exchange(message, {
      reply: true,
      signal: controller.signal,
    })
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
  })

  it('reads no more than the limit', async () => {
    const transport = httpTransport('http://host/', { fetch: answering(frameMessage(Buffer.alloc(100))), maxMessageBytes: 99 })
    await expect(transport.exchange(message, exchange)).rejects.toMatchObject({ code: 'limit-exceeded' })
  })
})
