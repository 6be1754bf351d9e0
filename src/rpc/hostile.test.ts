import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../errors.ts'
import type { ProtocolMessage } from '../schema/protocol-types.ts'
import { encodePing, encodeRequest } from './call-format.ts'
import { createRpcClient } from './client.ts'
import { FrameDecoder, frameMessage, type RpcFraming } from './framing.ts'
import { encodeHandshakeRequest } from './handshake.ts'
import { listen, newShop, oldShop, shopHandlers } from './rpc.test-support.ts'
import { createRpcServer } from './server.ts'
import { statelessTransport } from './transport.ts'
import { valueForm } from './value-form.ts'

const handshake = encodeHandshakeRequest({ clientHash: oldShop.md5, clientProtocol: oldShop.text, serverHash: newShop.md5 })
const place = oldShop.messages['place'] as ProtocolMessage
const call = encodeRequest(place, place, { order: { id: 9, name: 'pen', status: 'OPEN' } }, { who: Buffer.from('me') }, valueForm({}))
const message = Buffer.concat([handshake, call])

const server = createRpcServer(newShop, shopHandlers(newShop))

/** Each byte (of a sparse range, each fifth) replaced by others, bytes left out, bytes put in. */
function* damaged(bytes: Buffer, sparse: readonly [start: number, end: number] = [0, 0]): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) {
    if (at > sparse[0] && at < sparse[1] && at % 5 !== 0) continue
    const byte = bytes[at] as number
    for (const other of [0, 1, 0x7f, 0x80, 0xff, byte ^ 1, byte ^ 0x80, byte + 1]) {
      const copy = Buffer.from(bytes)
      copy[at] = other
      yield copy
    }
    yield bytes.subarray(0, at)
    yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
    yield Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xff, 0xff, 0xff]), bytes.subarray(at)])
  }
}

/** What came of it: a reply, or one of our errors; anything else is a defect. */
async function outcome(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
    return 'reply'
  } catch (error) {
    if (isEvolveError(error) && error.code !== 'internal') return error.code
    throw error
  }
}

describe('a server under damaged bytes', () => {
  it('answers or refuses, whatever byte is wrong', async () => {
    const seen = new Set<string>()
    for (const bytes of damaged(message, [24, handshake.length - 20])) seen.add(await outcome(() => server.handle(bytes)))
    expect([...seen].sort()).toEqual(['handshake-failed', 'reply'])
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('answers damaged calls on an established connection, and goes on', async () => {
    const session = { remote: oldShop }
    const good = await server.handle(call, session)
    for (const bytes of damaged(call)) expect(await outcome(() => server.handle(bytes, session))).toBe('reply')
    expect(await server.handle(call, session)).toEqual(good)
  })

  it('takes bodies that are no messages', async () => {
    for (const body of [Buffer.alloc(0), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from('{}'), Buffer.alloc(1000, 0xff)]) {
      expect(await outcome(() => server.handleBody(body))).toMatch(/^(truncated-frame|limit-exceeded|malformed-data|handshake-failed)$/)
    }
  })

  it('reads no more of a body than a message may have', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from([0, 255, 255, 255])
      for (;;) {
        given += 65_536
        yield Buffer.alloc(65_536)
      }
    }
    const small = createRpcServer(newShop, {}, { maxMessageBytes: 100_000 })
    expect(await outcome(() => small.handleBody(endless()))).toBe('limit-exceeded')
    expect(given).toBe(0)
    expect(await outcome(() => small.handle(Buffer.alloc(100_001)))).toBe('limit-exceeded')
  })

  it.each<RpcFraming>(['standard', 'netty'])(
    'closes connections that it cannot understand, and serves the others (%s)',
    async (framing) => {
      const errors: unknown[] = []
      const strict = createRpcServer(newShop, shopHandlers(newShop), { onError: (error) => errors.push(error) })
      const framed = frameMessage(message, framing)
      const streams = [
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        Buffer.alloc(64, 0xff),
        framed.subarray(0, framed.length - 1),
        frameMessage(Buffer.alloc(0), framing),
        frameMessage(Buffer.from('noise'), framing),
        Buffer.concat([framed, Buffer.alloc(16, 0xff)]),
      ]
      for (const stream of streams) {
        const [there, back] = [new PassThrough(), new PassThrough()]
        const connection = strict.accept({ readable: there, writable: back }, { framing })
        there.end(stream)
        await connection.closed
        expect(back.destroyed).toBe(true)
      }
      expect(errors).toHaveLength(streams.length)
      expect(errors.every(isEvolveError)).toBe(true)
    },
  )

  it('lives on when clients vanish at any byte of a call', async () => {
    const listener = await listen((socket) => server.accept(socket))
    const framed = frameMessage(message)
    for (let length = 0; length < framed.length; length += 97) {
      const socket = await listener.connect()
      socket.write(framed.subarray(0, length))
      if (length % 2 === 0) socket.resetAndDestroy()
      else socket.destroy()
    }
    const socket = await listener.connect()
    const decoder = new FrameDecoder('standard')
    socket.write(framed)
    const replied = await new Promise((resolve) => socket.on('data', (chunk) => [...decoder.push(chunk)].length > 0 && resolve('replied')))
    expect(replied).toBe('replied')
    socket.destroy()
    await listener.close()
  })

  it('does not read on while a client leaves its replies unread', async () => {
    const [there, back] = [new PassThrough(), new PassThrough({ highWaterMark: 1 })]
    let handled = 0
    const counting = createRpcServer(oldShop, { wait: () => String(++handled) })
    const connection = counting.accept({ readable: there, writable: back })
    const shaking = encodeHandshakeRequest({ clientHash: oldShop.md5, clientProtocol: null, serverHash: oldShop.md5 })
    there.write(frameMessage(Buffer.concat([shaking, encodePing()])))
    const message = oldShop.messages['wait'] as ProtocolMessage
    const wait = encodeRequest(message, message, { key: 'k' }, {}, valueForm({}))
    for (let index = 0; index < 1000; index++) there.write(frameMessage(wait))
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(handled).toBeLessThan(10)
    connection.close()
    await connection.closed
  })

  it('refuses a reply above the limit, and says so', async () => {
    const errors: unknown[] = []
    const small = createRpcServer(
      oldShop,
      { wait: () => 'x'.repeat(1000) },
      { maxMessageBytes: 500, onError: (error) => errors.push(error) },
    )
    const client = createRpcClient(
      oldShop,
      statelessTransport(async (bytes) => (await small.handle(bytes)) as Buffer),
    )
    await expect(client.call('wait', { key: 'a' })).rejects.toMatchObject({ value: 'the reply of wait is too large' })
    expect(errors).toMatchObject([{ code: 'limit-exceeded' }])
  })
})

describe('a client under damaged replies', () => {
  it('ends the call with a reply or an error of ours, whatever byte is wrong', async () => {
    const good = (await server.handle(message)) as Buffer
    const request = { order: { id: 9, name: 'pen', status: 'OPEN' } }
    for (const bytes of damaged(good)) {
      const client = createRpcClient(
        oldShop,
        statelessTransport(async () => bytes),
      )
      expect(await outcome(() => client.call('place', request))).toBeTruthy()
    }
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('takes no protocol of a server without bounds', async () => {
    const big = createRpcServer(oldShop, shopHandlers(oldShop))
    Object.defineProperty(big, 'protocol', { value: { ...oldShop, text: ' '.repeat(2_000_000), md5: '1'.repeat(32) } })
    const client = createRpcClient(
      oldShop,
      statelessTransport(async (bytes) => (await big.handle(bytes)) as Buffer),
    )
    await expect(client.call('wait', { key: 'a' })).rejects.toMatchObject({ code: 'handshake-failed' })
  })
})
