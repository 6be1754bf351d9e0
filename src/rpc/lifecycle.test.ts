import { once } from 'node:events'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProtocolMessage } from '../schema/protocol-types.ts'
import { encodePing, encodeRequest } from './call-format.ts'
import { createRpcClient } from './client.ts'
import type { RpcClient } from './client-types.ts'
import { FrameDecoder, frameMessage, type RpcFraming } from './framing.ts'
import { encodeHandshakeRequest, encodeHandshakeResponse } from './handshake.ts'
import { listen, oldShop, shopHandlers } from './rpc.test-support.ts'
import type { RpcCall } from './rpc-call.ts'
import { createRpcServer } from './server.ts'
import type { RpcHandlers } from './server-types.ts'
import { streamTransport } from './stream-transport.ts'
import { statelessTransport } from './transport.ts'
import { valueForm } from './value-form.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A gate for each key: `wait` answers when its gate is opened. */
class Gates {
  readonly entered: string[] = []
  readonly signals: Map<string, AbortSignal> = new Map()
  readonly #open: Map<string, () => void> = new Map()
  readonly #waiters: (() => void)[] = []
  running = 0
  most = 0

  readonly handlers: RpcHandlers = {
    ...shopHandlers(oldShop),
    wait: async ({ key }: { readonly key: string }, call: RpcCall): Promise<string> => {
      this.entered.push(key)
      this.signals.set(key, call.signal)
      this.most = Math.max(this.most, ++this.running)
      const opened = new Promise<void>((resolve) => this.#open.set(key, resolve))
      for (const waiter of this.#waiters.splice(0)) waiter()
      await opened
      this.running--
      return key
    },
  }

  open(key: string): void {
    this.#open.get(key)?.()
  }

  async enteredBy(count: number): Promise<void> {
    while (this.entered.length < count) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }
}

async function connected(
  framing: RpcFraming,
  handlers: RpcHandlers,
  concurrency = 64,
): Promise<{ client: RpcClient; near: Socket; far: Socket }> {
  const server = createRpcServer(oldShop, handlers, { concurrency })
  const accepted: Socket[] = []
  const listener = await listen((socket) => {
    accepted.push(socket)
    server.accept(socket, { framing })
  })
  cleanups.push(listener.close)
  const near = await listener.connect()
  const client = createRpcClient(oldShop, streamTransport(near, { framing }))
  cleanups.push(() => client.close())
  await client.ping()
  return { client, near, far: accepted[0] as Socket }
}

const wait = (client: RpcClient, key: string, signal?: AbortSignal): Promise<unknown> =>
  client.call('wait', { key }, signal === undefined ? {} : { signal })

describe('calls on one connection', () => {
  it('are carried out together in Netty framing, and answered in any order', async () => {
    const gates = new Gates()
    const { client } = await connected('netty', gates.handlers)
    const done: unknown[] = []
    const calls = ['a', 'b', 'c'].map((key) => wait(client, key).then((reply) => done.push(reply)))
    await gates.enteredBy(3)
    for (const key of ['c', 'a', 'b']) {
      gates.open(key)
      await client.ping()
    }
    await Promise.all(calls)
    expect(done).toEqual(['c', 'a', 'b'])
  })

  it('are carried out one after the other in standard framing', async () => {
    const gates = new Gates()
    const { client } = await connected('standard', gates.handlers)
    const calls = ['a', 'b', 'c'].map((key) => wait(client, key))
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await gates.enteredBy(index + 1)
      gates.open(key)
    }
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
    expect(gates.most).toBe(1)
  })

  it('are held back beyond the limit', async () => {
    const gates = new Gates()
    const { client } = await connected('netty', gates.handlers, 2)
    const keys = ['a', 'b', 'c', 'd', 'e']
    const calls = keys.map((key) => wait(client, key))
    for (const [index, key] of keys.entries()) {
      await gates.enteredBy(index + 1)
      gates.open(key)
    }
    expect(await Promise.all(calls)).toEqual(keys)
    expect(gates.most).toBeLessThanOrEqual(2)
  })

  it.each<RpcFraming>(['standard', 'netty'])('leave the others alone when they are given up (%s)', async (framing) => {
    const gates = new Gates()
    const { client } = await connected(framing, gates.handlers)
    const controller = new AbortController()
    const first = wait(client, 'a', controller.signal)
    const second = wait(client, 'b')
    await gates.enteredBy(1)
    controller.abort(new Error('changed my mind'))
    await expect(first).rejects.toThrow('changed my mind')
    gates.open('a')
    await gates.enteredBy(2)
    gates.open('b')
    expect(await second).toBe('b')
    await client.ping()
  })

  it('are not even sent when they are given up before', async () => {
    const gates = new Gates()
    const { client } = await connected('netty', gates.handlers)
    await expect(wait(client, 'a', AbortSignal.abort(new Error('never')))).rejects.toThrow('never')
    await client.ping()
    expect(gates.entered).toEqual([])
  })

  it('end at their deadline', async () => {
    const gates = new Gates()
    const { client } = await connected('netty', gates.handlers)
    await expect(client.call('wait', { key: 'a' }, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'call-timeout', retryable: true })
    await expect(client.call('wait', { key: 'a' }, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'invalid-options' })
    await client.ping({ timeoutMs: Number.POSITIVE_INFINITY })
  })

  it.each<RpcFraming>(['standard', 'netty'])('all end when the connection does (%s)', async (framing) => {
    const gates = new Gates()
    const { client, far } = await connected(framing, gates.handlers)
    const calls = ['a', 'b'].map((key) => wait(client, key))
    await gates.enteredBy(framing === 'netty' ? 2 : 1)
    far.destroy()
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'connection-lost', retryable: true })
    await expect(wait(client, 'c')).rejects.toMatchObject({ code: 'connection-lost' })
    await expect(client.call('log', { line: 'c' })).rejects.toMatchObject({ code: 'connection-lost' })
    if (framing === 'netty') expect(gates.signals.get('a')?.aborted).toBe(true)
  })

  it('all end when the client is closed', async () => {
    const gates = new Gates()
    const { client, near } = await connected('netty', gates.handlers)
    const call = wait(client, 'a')
    await gates.enteredBy(1)
    client.close()
    client.close()
    await expect(call).rejects.toMatchObject({ code: 'connection-lost' })
    await expect(wait(client, 'b')).rejects.toMatchObject({ code: 'connection-lost' })
    expect(near.destroyed).toBe(true)
    if (gates.signals.get('a')?.aborted === false) await once(gates.signals.get('a') as AbortSignal, 'abort')
  })

  it('leave no listeners on a signal that many of them share', async () => {
    const { client } = await connected('netty', shopHandlers(oldShop))
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...parts: Parameters<typeof add>): void => {
      listeners++
      add(...parts)
    }
    signal.removeEventListener = (...parts: Parameters<typeof remove>): void => {
      listeners--
      remove(...parts)
    }
    await Promise.all(Array.from({ length: 50 }, (_, key) => wait(client, String(key), signal)))
    expect(listeners).toBe(0)
  })
})

describe('a client with a server of another kind', () => {
  /** A server on the far end of two pipes, written by hand. */
  function scripted(framing: RpcFraming, answer: (message: Buffer, serial: number) => Buffer | undefined): RpcClient {
    const [there, back] = [new PassThrough(), new PassThrough()]
    const decoder = new FrameDecoder(framing)
    there.on('data', (chunk: Buffer) => {
      for (const { message, serial } of decoder.push(chunk)) {
        const reply = answer(message, serial)
        if (reply === undefined) back.end()
        else back.write(reply)
      }
    })
    const client = createRpcClient(oldShop, streamTransport({ readable: back, writable: there }, { framing }))
    cleanups.push(() => client.close())
    return client
  }
  const shaken = encodeHandshakeResponse({ match: 'BOTH', serverProtocol: null, serverHash: null })

  it('takes a ping that is answered with a handshake and nothing else, as Java does', async () => {
    const client = scripted('netty', (_message, serial) => frameMessage(shaken, 'netty', serial))
    await client.ping()
    expect(client.remote).toBe(oldShop)
  })

  it('ignores replies that nobody waits for in Netty framing', async () => {
    let serials = 0
    const client = scripted('netty', (_message, serial) =>
      serials++ === 0
        ? frameMessage(shaken, 'netty', serial)
        : Buffer.concat([frameMessage(Buffer.from('late'), 'netty', 4711), frameMessage(Buffer.from('00000261', 'hex'), 'netty', serial)]),
    )
    expect(await wait(client, 'a')).toBe('a')
  })

  it('gives a connection up on a reply that nobody waits for in standard framing', async () => {
    let asked = 0
    const client = scripted('standard', () =>
      asked++ === 0 ? frameMessage(shaken) : Buffer.concat(['a', 'b'].map((text) => frameMessage(Buffer.from(`0000${text}`)))),
    )
    await client.ping()
    await wait(client, 'a').catch(() => undefined)
    await expect(wait(client, 'b')).rejects.toMatchObject({ code: 'malformed-data' })
  })

  it('gives a connection up on bytes that are no frame', async () => {
    let asked = 0
    const client = scripted('standard', () => (asked++ === 0 ? frameMessage(shaken) : Buffer.from('HTTP/1.1 400 Bad Request')))
    await client.ping()
    await expect(wait(client, 'a')).rejects.toMatchObject({ code: 'limit-exceeded' })
    await expect(wait(client, 'b')).rejects.toMatchObject({ code: 'limit-exceeded' })
  })

  it('tells a connection that ends in the handshake from one that is refused', async () => {
    await expect(
      wait(
        scripted('netty', () => undefined),
        'a',
      ),
    ).rejects.toMatchObject({ code: 'connection-lost' })
    const noise = scripted('netty', (_message, serial) => frameMessage(Buffer.from('noise'), 'netty', serial))
    await expect(wait(noise, 'a')).rejects.toMatchObject({ code: 'handshake-failed' })
    await expect(wait(noise, 'b')).rejects.toMatchObject({ code: 'handshake-failed' })
  })

  it('keeps the handshake when the call that began it is given up', async () => {
    const [there, back] = [new PassThrough(), new PassThrough()]
    const asked = once(there, 'data')
    const client = createRpcClient(oldShop, streamTransport({ readable: back, writable: there }))
    cleanups.push(() => client.close())
    const controller = new AbortController()
    const first = wait(client, 'a', controller.signal)
    const second = client.ping()
    await asked
    controller.abort(new Error('given up'))
    await expect(first).rejects.toThrow('given up')
    there.on('data', () => back.write(frameMessage(Buffer.of(0, 0))))
    back.write(frameMessage(shaken))
    await second
  })

  it('holds calls back while the server does not read', async () => {
    const [there, back] = [new PassThrough({ highWaterMark: 1 }), new PassThrough()]
    const client = createRpcClient(oldShop, streamTransport({ readable: back, writable: there }))
    cleanups.push(() => client.close())
    const pinged = client.ping()
    const decoder = new FrameDecoder('standard')
    const requests = there[Symbol.asyncIterator]()
    const read = async (): Promise<number> => [...decoder.push((await requests.next()).value as Buffer)].length
    expect(await read()).toBe(1)
    back.write(frameMessage(shaken))
    await pinged
    const calls = Array.from({ length: 100 }, () => wait(client, 'x'.repeat(1000)))
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(there.writableLength + there.readableLength).toBeLessThan(5000)
    for (let call = 0; call < 100; call++) {
      while ((await read()) === 0);
      back.write(frameMessage(Buffer.from('00000261', 'hex')))
    }
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['a']))
  })

  it('ends calls that are held back when the connection ends', async () => {
    const [there, back] = [new PassThrough({ highWaterMark: 1 }), new PassThrough()]
    const client = createRpcClient(oldShop, streamTransport({ readable: back, writable: there }))
    cleanups.push(() => client.close())
    const pinged = client.ping()
    there.once('readable', () => there.read())
    back.write(frameMessage(shaken))
    await pinged
    const calls = ['a', 'b', 'c'].map((key) => wait(client, key))
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    back.end()
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('ends a stateless call whose transport does not heed the signal', async () => {
    const client = createRpcClient(
      oldShop,
      statelessTransport(() => new Promise(() => undefined)),
      { timeoutMs: 5 },
    )
    await expect(wait(client, 'a')).rejects.toMatchObject({ code: 'call-timeout' })
    const call = client.call('wait', { key: 'a' }, { timeoutMs: 1_000_000 })
    client.close()
    await expect(call).rejects.toMatchObject({ code: 'connection-lost' })
  })
})

describe('a connection that a server serves', () => {
  it('ends when the client ends it, with all replies sent', async () => {
    const server = createRpcServer(oldShop, shopHandlers(oldShop))
    const [there, back] = [new PassThrough(), new PassThrough()]
    const connection = server.accept({ readable: there, writable: back })
    const client = createRpcClient(oldShop, streamTransport({ readable: back, writable: there }))
    const call = wait(client, 'a')
    expect(await call).toBe('a')
    there.end()
    await connection.closed
    expect(back.writableEnded).toBe(true)
    client.close()
  })

  it('sends replies to a client that has ended its half', async () => {
    const gates = new Gates()
    const server = createRpcServer(oldShop, gates.handlers)
    const listener = await listen((socket) => server.accept(socket), true)
    cleanups.push(listener.close)
    const socket = await listener.connect()
    const shaking = encodeHandshakeRequest({ clientHash: oldShop.md5, clientProtocol: null, serverHash: oldShop.md5 })
    const message = oldShop.messages['wait'] as ProtocolMessage
    socket.end(frameMessage(Buffer.concat([shaking, encodeRequest(message, message, { key: 'a' }, {}, valueForm({}))])))
    await gates.enteredBy(1)
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    gates.open('a')
    const received: Buffer[] = []
    for await (const chunk of socket) received.push(chunk as Buffer)
    expect(Buffer.concat(received)).toEqual(frameMessage(Buffer.from('00000000' + '0000' + '0261', 'hex')))
  })

  it('can be closed by the server', async () => {
    const gates = new Gates()
    const server = createRpcServer(oldShop, gates.handlers)
    const [there, back] = [new PassThrough(), new PassThrough()]
    const connection = server.accept({ readable: there, writable: back })
    const client = createRpcClient(oldShop, streamTransport({ readable: back, writable: there }))
    const call = wait(client, 'a')
    await gates.enteredBy(1)
    connection.close()
    await expect(call).rejects.toMatchObject({ code: 'connection-lost' })
    expect(gates.signals.get('a')?.aborted).toBe(true)
    gates.open('a')
    await connection.closed
    client.close()
  })

  it('answers a ping on an established connection', async () => {
    const server = createRpcServer(oldShop, {})
    expect(await server.handle(encodePing(), { remote: oldShop })).toEqual(Buffer.of(0, 0))
  })
})
