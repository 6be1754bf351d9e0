import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Service } from 'avsc'
import { afterEach, describe, expect, it } from 'vitest'
import { parseProtocol } from '../schema/protocol.ts'
import { createRpcClient } from './client.ts'
import { httpTransport } from './http-transport.ts'
import { listen } from './rpc.test-support.ts'
import type { RpcCall } from './rpc-call.ts'
import { RpcError } from './rpc-error.ts'
import { createRpcServer } from './server.ts'
import type { RpcHandlers } from './server-types.ts'
import { streamTransport } from './stream-transport.ts'

const order = (...fields: object[]): object => ({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'int' }, ...fields] })
const refused = (...fields: object[]): object => ({
  type: 'error',
  name: 'Refused',
  fields: [{ name: 'reason', type: 'string' }, ...fields],
})
const protocol = (types: object[], ...parameters: object[]): object => ({
  protocol: 'Shop',
  namespace: 'shop',
  types,
  messages: {
    place: { request: [{ name: 'order', type: 'Order' }, ...parameters], response: 'Order', errors: ['Refused'] },
    log: { request: [{ name: 'line', type: 'string' }], response: 'null', 'one-way': true },
  },
})

const protocols: Readonly<Record<string, object>> = {
  old: protocol([order({ name: 'name', type: 'string', default: '?' }), refused()]),
  new: protocol(
    [
      order({ name: 'title', type: 'string', aliases: ['name'], default: '??' }, { name: 'note', type: 'string', default: 'none' }),
      refused({ name: 'code', type: 'int', default: -1 }),
    ],
    { name: 'express', type: 'boolean', default: false },
  ),
}

/** What `place` gives back for an order that had the number 9 and was called pen. */
const placed: Readonly<Record<string, object>> = {
  'old → old': { id: 10, name: 'pen' },
  'old → new': { id: 10, name: '?' },
  'new → old': { id: 10, title: '?', note: 'none' },
  'new → new': { id: 10, title: 'pen', note: 'none' },
}
const sent = (version: string): object => (version === 'old' ? { id: 9, name: 'pen' } : { id: 9, title: 'pen', note: 'none' })
const pairs = ['old', 'new'].flatMap((client) => ['old', 'new'].map((server) => [client, server] as const))

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** An avsc server that says what it was told. */
function avscServer(version: string, lines: string[]): InstanceType<typeof Service.Server> {
  const server = Service.forProtocol(structuredClone(protocols[version])).createServer({ silent: true } as object)
  server.onMessage('place', (request: { order: { id: number } }, done) => {
    if (request.order.id === 1) done(version === 'old' ? { reason: 'no' } : { reason: 'no', code: 3 })
    else if (request.order.id === 2) done(new Error('closed'))
    else done(undefined, { ...request.order, id: request.order.id + 1 })
  })
  server.onMessage('log', (request: { line: string }) => {
    lines.push(request.line)
  })
  return server
}

const ourHandlers = (version: string, lines: string[]): RpcHandlers => ({
  place: (request: { readonly order: { readonly id: number } }, call: RpcCall) => {
    call.replyMetadata['seen'] = Buffer.from('yes')
    if (request.order.id === 1) throw new RpcError('Refused', version === 'old' ? { reason: 'no' } : { reason: 'no', code: 3 })
    if (request.order.id === 2) throw new RpcError('string', 'closed')
    return { ...request.order, id: request.order.id + 1 }
  },
  log: (request: { readonly line: string }) => {
    lines.push(request.line)
  },
})

async function ourClientTalks(
  client: ReturnType<typeof createRpcClient>,
  clientVersion: string,
  serverVersion: string,
  lines: string[],
): Promise<void> {
  cleanups.push(() => client.close())
  const place = (id: number): Promise<unknown> =>
    client.call('place', { order: { ...sent(clientVersion), id }, ...(clientVersion === 'new' ? { express: true } : {}) })
  expect(await place(9)).toMatchObject(placed[`${clientVersion} → ${serverVersion}`] as object)
  await expect(place(1)).rejects.toMatchObject({ errorName: 'shop.Refused', value: { reason: 'no' } })
  await expect(place(2)).rejects.toMatchObject({ errorName: 'string', value: 'closed' })
  await client.call('log', { line: 'a line' })
  await client.ping()
  expect(lines).toEqual(['a line'])
}

interface AvscClient {
  emitMessage(name: string, request: object, options: object, done: (error: unknown, response?: unknown) => void): void
  destroyChannels(): void
}

async function avscClientTalks(client: AvscClient, clientVersion: string, serverVersion: string, lines: string[]): Promise<void> {
  const call = (name: string, request: object): Promise<unknown> =>
    new Promise((resolve, reject) =>
      client.emitMessage(name, request, {}, (error, response) => (error ? reject(error) : resolve(response))),
    )
  const place = (id: number): Promise<unknown> =>
    call('place', { order: { ...sent(clientVersion), id }, ...(clientVersion === 'new' ? { express: true } : {}) })
  expect({ ...((await place(9)) as object) }).toEqual(placed[`${clientVersion} → ${serverVersion}`])
  const refusal = clientVersion === 'old' ? { reason: 'no' } : { reason: 'no', code: serverVersion === 'old' ? -1 : 3 }
  await expect(place(1)).rejects.toMatchObject(refusal)
  await expect(place(2)).rejects.toThrow('closed')
  await call('log', { line: 'a line' })
  await place(9)
  expect(lines).toEqual(['a line'])
  client.destroyChannels()
}

describe.each(pairs)('avsc as the peer, %s client and %s server', (clientVersion, serverVersion) => {
  it('serves our client on a connection', async () => {
    const lines: string[] = []
    const server = avscServer(serverVersion, lines)
    const listener = await listen((socket) => server.createChannel(socket))
    cleanups.push(listener.close)
    const transport = streamTransport(await listener.connect(), { framing: 'netty' })
    await ourClientTalks(createRpcClient(parseProtocol(protocols[clientVersion] as object), transport), clientVersion, serverVersion, lines)
  })

  it('serves our client over HTTP', async () => {
    const lines: string[] = []
    const server = avscServer(serverVersion, lines)
    const listener = createServer((request, response) => {
      server.createChannel(((done: (error: null, response: unknown) => void) => {
        done(null, response)
        return request
      }) as never)
    }).listen(0)
    await once(listener, 'listening')
    cleanups.push(
      () => listener.close(),
      () => listener.closeAllConnections(),
    )
    const transport = httpTransport(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`)
    await ourClientTalks(createRpcClient(parseProtocol(protocols[clientVersion] as object), transport), clientVersion, serverVersion, lines)
  })

  it('calls our server on a connection', async () => {
    const lines: string[] = []
    const server = createRpcServer(parseProtocol(protocols[serverVersion] as object), ourHandlers(serverVersion, lines), { policy: 'drop' })
    const listener = await listen((socket) => server.accept(socket, { framing: 'netty' }))
    cleanups.push(listener.close)
    const client = Service.forProtocol(structuredClone(protocols[clientVersion])).createClient()
    client.createChannel(await listener.connect())
    await avscClientTalks(client as unknown as AvscClient, clientVersion, serverVersion, lines)
  })

  it('calls our server over HTTP', async () => {
    const lines: string[] = []
    const server = createRpcServer(parseProtocol(protocols[serverVersion] as object), ourHandlers(serverVersion, lines), { policy: 'drop' })
    const listener = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      response.end(await server.handleBody(Buffer.concat(chunks)))
    }).listen(0)
    await once(listener, 'listening')
    cleanups.push(
      () => listener.close(),
      () => listener.closeAllConnections(),
    )
    const { port } = listener.address() as AddressInfo
    const client = Service.forProtocol(structuredClone(protocols[clientVersion])).createClient()
    client.createChannel(((done: (error: null, response: unknown) => void) =>
      httpRequest({ port, method: 'POST' }, (response) => done(null, response))) as never)
    await avscClientTalks(client as unknown as AvscClient, clientVersion, serverVersion, lines)
  })
})
