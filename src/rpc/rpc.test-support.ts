import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { PassThrough, Transform } from 'node:stream'
import { parseProtocol } from '../schema/protocol.ts'
import type { Protocol } from '../schema/protocol-types.ts'
import { Tap } from '../wire/tap.ts'
import type { ByteStreamHalves } from './byte-stream.ts'
import { createRpcClient } from './client.ts'
import type { RpcClient, RpcClientOptions } from './client-types.ts'
import type { RpcFraming } from './framing.ts'
import { decodeHandshakeResponse } from './handshake.ts'
import { httpTransport } from './http-transport.ts'
import { RpcError } from './rpc-error.ts'
import { createRpcServer } from './server.ts'
import type { RpcHandlers, RpcServer, RpcServerOptions } from './server-types.ts'
import { streamTransport } from './stream-transport.ts'
import { type RpcTransport, statelessTransport } from './transport.ts'

const string = { type: 'string' }

/** The protocol as it was at first. */
export const oldShop: Protocol = parseProtocol({
  protocol: 'Shop',
  namespace: 'shop',
  types: [
    { type: 'enum', name: 'Status', symbols: ['OPEN', 'PAID', 'OTHER'], default: 'OTHER' },
    {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'id', type: 'int' },
        { name: 'name', type: string, default: 'unnamed' },
        { name: 'status', type: 'Status' },
      ],
    },
    {
      type: 'record',
      name: 'Receipt',
      fields: [
        { name: 'number', type: 'int' },
        { name: 'total', type: 'double' },
      ],
    },
    { type: 'error', name: 'Refused', fields: [{ name: 'reason', type: string }] },
    { type: 'error', name: 'Gone', fields: [] },
  ],
  messages: {
    place: { request: [{ name: 'order', type: 'Order' }], response: 'Receipt', errors: ['Refused', 'Gone'] },
    echo: { request: [{ name: 'order', type: 'Order' }], response: 'Order' },
    wait: { request: [{ name: 'key', type: string }], response: string },
    log: { request: [{ name: 'line', type: string }], response: 'null', 'one-way': true },
    grow: { request: [{ name: 'n', type: 'int' }], response: 'long' },
    legacy: { request: [], response: 'null' },
  },
})

/** A release later: a field renamed, fields and a parameter added, numbers widened and
 * narrowed, an error changed and another one, messages come and gone. */
export const newShop: Protocol = parseProtocol({
  protocol: 'Shop',
  namespace: 'shop.v2',
  types: [
    { type: 'enum', name: 'Status', symbols: ['OPEN', 'PAID', 'SHIPPED', 'OTHER'], default: 'OTHER' },
    {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'note', type: ['null', string], default: null },
        { name: 'id', type: 'int' },
        { name: 'title', type: string, aliases: ['name'] },
        { name: 'status', type: 'Status' },
      ],
    },
    {
      type: 'record',
      name: 'Receipt',
      fields: [
        { name: 'currency', type: string, default: 'EUR' },
        { name: 'total', type: 'double' },
        { name: 'number', type: 'int' },
      ],
    },
    {
      type: 'error',
      name: 'Refused',
      fields: [
        { name: 'code', type: 'int', default: -1 },
        { name: 'reason', type: string },
      ],
    },
    { type: 'error', name: 'Blocked', fields: [{ name: 'until', type: 'long' }] },
  ],
  messages: {
    place: {
      request: [
        { name: 'express', type: 'boolean', default: false },
        { name: 'order', type: 'Order' },
      ],
      response: 'Receipt',
      errors: ['Blocked', 'Refused'],
    },
    echo: { request: [{ name: 'order', type: 'Order' }], response: 'Order' },
    wait: { request: [{ name: 'key', type: string }], response: string },
    log: { request: [{ name: 'line', type: string }], response: 'null', 'one-way': true },
    grow: { request: [{ name: 'n', type: 'long' }], response: 'int' },
    fresh: { request: [], response: 'int' },
  },
})

/** Handlers of either release: they say what they saw. */
export function shopHandlers(protocol: Protocol, seen: unknown[] = []): RpcHandlers {
  const handlers: RpcHandlers = {
    place: (request: { readonly order: { readonly id: number } }) => {
      seen.push(request)
      const { id } = request.order
      if (id === 1) throw new RpcError('Refused', protocol === newShop ? { code: 7, reason: 'no stock' } : { reason: 'no stock' })
      if (id === 2) throw new RpcError(protocol === newShop ? 'shop.v2.Blocked' : 'shop.Gone', protocol === newShop ? { until: 99 } : {})
      if (id === 3) throw new RpcError('string', 'closed on Sundays')
      if (id === 4) throw new Error('password=hunter2')
      return protocol === newShop ? { number: id, total: 1.5, currency: 'CHF' } : { number: id, total: 1.5 }
    },
    echo: (request: { readonly order: object }) => request.order,
    wait: (request: { readonly key: string }) => request.key,
    grow: (request: { readonly n: number }) => request.n + 1,
    log: (request: { readonly line: string }) => {
      seen.push(request.line)
    },
  }
  return protocol === newShop ? { ...handlers, fresh: () => 5 } : { ...handlers, legacy: () => undefined }
}

/** A client and a server, connected in some way. */
export interface Link {
  readonly client: RpcClient
  readonly server: RpcServer
  /** What the handshakes said. */
  readonly matches: string[]
  close(): Promise<void>
}

/** How {@link Link}s are made. */
export interface LinkOptions {
  readonly protocols: readonly [client: Protocol, server: Protocol]
  readonly handlers?: RpcHandlers
  readonly client?: RpcClientOptions
  readonly server?: RpcServerOptions
}

/** Every way to connect a client and a server. */
export const links: Readonly<Record<string, (options: LinkOptions) => Promise<Link>>> = {
  'TCP, standard framing': (options) => tcp(options, 'standard'),
  'TCP, Netty framing': (options) => tcp(options, 'netty'),
  'chunks of one byte, standard framing': (options) => dripping(options, 'standard'),
  'chunks of one byte, Netty framing': (options) => dripping(options, 'netty'),
  HTTP: http,
  'function calls': direct,
}

function serverOf({ protocols, handlers, server }: LinkOptions): RpcServer {
  return createRpcServer(protocols[1], handlers ?? shopHandlers(protocols[1]), server)
}

function link(options: LinkOptions, server: RpcServer, transport: RpcTransport, close: () => Promise<void>): Link {
  const matches: string[] = []
  const client = createRpcClient(options.protocols[0], watched(transport, matches), options.client)
  const end = async (): Promise<void> => {
    client.close()
    await close()
  }
  return { client, server, matches, close: end }
}

/** The transport, with a note of each handshake response that passes. */
export function watched(transport: RpcTransport, matches: string[]): RpcTransport {
  let met = false
  return {
    stateful: transport.stateful,
    close: () => transport.close(),
    exchange: async (message, exchange) => {
      const reply = await transport.exchange(message, exchange)
      if (reply === undefined || met) return reply
      const { match } = decodeHandshakeResponse(new Tap(Buffer.from(reply)))
      met = transport.stateful && match !== 'NONE'
      matches.push(match)
      return reply
    },
  }
}

/** A TCP server that gives each connection to `serve`. */
export async function listen(
  serve: (socket: Socket) => void,
  allowHalfOpen = false,
): Promise<{ connect(): Promise<Socket>; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    connect: async () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      await once(socket, 'connect')
      socket.on('error', () => undefined)
      return socket
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function tcp(options: LinkOptions, framing: RpcFraming): Promise<Link> {
  const server = serverOf(options)
  const listener = await listen((socket) => server.accept(socket, { framing }))
  return link(options, server, streamTransport(await listener.connect(), { framing }), listener.close)
}

/** Two ends of a stream that carries one byte at a time. */
export function drippingPair(): readonly [ByteStreamHalves, ByteStreamHalves] {
  const drip = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _encoding, done): void {
        for (const byte of chunk) this.push(Buffer.of(byte))
        done()
      },
    })
  const [there, back] = [drip(), drip()]
  return [
    { readable: back.pipe(new PassThrough()), writable: there },
    { readable: there.pipe(new PassThrough()), writable: back },
  ]
}

async function dripping(options: LinkOptions, framing: RpcFraming): Promise<Link> {
  const server = serverOf(options)
  const [near, far] = drippingPair()
  const connection = server.accept(far, { framing })
  return link(options, server, streamTransport(near, { framing }), async () => connection.close())
}

async function http(options: LinkOptions): Promise<Link> {
  const server = serverOf(options)
  const listener = createHttpServer((request, response) => {
    response.setHeader('content-type', 'avro/binary')
    server.handleBody(request).then(
      (body) => response.end(body),
      () => response.writeHead(400).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const transport = httpTransport(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/`)
  return link(options, server, transport, async () => {
    listener.closeAllConnections()
    listener.close()
    await once(listener, 'close')
  })
}

async function direct(options: LinkOptions): Promise<Link> {
  const server = serverOf(options)
  const transport = statelessTransport(async (message) => (await server.handle(message)) as Buffer)
  return link(options, server, transport, async () => undefined)
}
