import { afterEach, describe, expect, it } from 'vitest'
import { isEvolveError } from '../errors.ts'
import { parseProtocol } from '../schema/protocol.ts'
import { Tap } from '../wire/tap.ts'
import { encodePing } from './call-format.ts'
import { createRpcClient } from './client.ts'
import { decodeHandshakeRequest, decodeHandshakeResponse, encodeHandshakeRequest, encodeHandshakeResponse } from './handshake.ts'
import { type Link, type LinkOptions, links, newShop, oldShop, shopHandlers, watched } from './rpc.test-support.ts'
import { createRpcServer } from './server.ts'
import type { RpcServer } from './server-types.ts'
import { type RpcTransport, statelessTransport } from './transport.ts'

const open: Link[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((link) => link.close()))
})

const zeros = '0'.repeat(32)

describe('the records of a handshake', () => {
  it('have the form of the specification', () => {
    const request = { clientHash: '00112233445566778899aabbccddeeff', clientProtocol: 'p', serverHash: zeros }
    const bytes = encodeHandshakeRequest(request)
    expect(bytes.toString('hex')).toBe(`00112233445566778899aabbccddeeff${'020270'}${zeros}00`)
    expect(decodeHandshakeRequest(new Tap(bytes))).toEqual(request)
    const response = { match: 'CLIENT', serverProtocol: 's', serverHash: zeros } as const
    const answer = encodeHandshakeResponse(response)
    expect(answer.toString('hex')).toBe(`02020273${'02'}${zeros}00`)
    expect(decodeHandshakeResponse(new Tap(answer))).toEqual(response)
    expect(encodeHandshakeResponse({ match: 'BOTH', serverProtocol: null, serverHash: null }).toString('hex')).toBe('00000000')
  })

  it('may have metadata, which is stepped over', () => {
    const tap = new Tap(Buffer.from(`${zeros}00${zeros}0202026b027600ff`, 'hex'))
    expect(decodeHandshakeRequest(tap)).toEqual({ clientHash: zeros, clientProtocol: null, serverHash: zeros })
    expect(tap.position).toBe(tap.end - 1)
  })

  it('are refused when they are cut off or damaged', () => {
    const bytes = encodeHandshakeRequest({ clientHash: zeros, clientProtocol: 'p', serverHash: zeros })
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeHandshakeRequest(new Tap(bytes.subarray(0, length)))).toThrow(/handshake-failed/)
    }
    expect(() => decodeHandshakeResponse(new Tap(Buffer.from('06000000', 'hex')))).toThrow(/handshake-failed/)
  })
})

describe.each(Object.entries(links))('handshakes over %s', (name, make) => {
  const started = async (options: LinkOptions): Promise<Link> => {
    const link = await make(options)
    open.push(link)
    return link
  }
  const isStateful = !['HTTP', 'function calls'].includes(name)
  /** What the handshakes of three calls say: one on a connection, one for each message elsewhere. */
  const said = async ({ client, matches }: Link): Promise<string> => {
    for (const key of ['a', 'b', 'c']) expect(await client.call('wait', { key })).toBe(key)
    return matches.join(' ')
  }
  const each = (first: string): string => (isStateful ? first : `${first} BOTH BOTH`)

  it('match BOTH between two of one protocol', async () => {
    expect(await said(await started({ protocols: [oldShop, oldShop] }))).toBe(each('BOTH'))
  })

  it('match CLIENT where the server knows the client', async () => {
    const link = await started({ protocols: [oldShop, newShop], server: { knownClients: [oldShop] } })
    expect(await said(link)).toBe(each('CLIENT'))
    expect(link.client.remote?.md5).toBe(newShop.md5)
  })

  it('match NONE at first where it does not', async () => {
    expect(await said(await started({ protocols: [newShop, oldShop] }))).toBe(each('NONE BOTH'))
  })

  it('match BOTH where each knows the other', async () => {
    const link = await started({ protocols: [newShop, oldShop], server: { knownClients: [newShop] }, client: { remote: oldShop } })
    expect(await said(link)).toBe(each('BOTH'))
  })

  it('match CLIENT where the client remembers another protocol', async () => {
    const other = parseProtocol({ protocol: 'Other' })
    const link = await started({ protocols: [newShop, oldShop], server: { knownClients: [newShop] }, client: { remote: other } })
    expect(await said(link)).toBe(each('CLIENT'))
  })

  it('are made by a ping', async () => {
    const { client, matches } = await started({ protocols: [newShop, oldShop] })
    expect(client.remote).toBeUndefined()
    await client.ping()
    await client.ping()
    expect(matches.join(' ')).toBe(isStateful ? 'NONE BOTH' : 'NONE BOTH BOTH')
    expect(client.remote?.text).toBe(oldShop.text)
  })
})

describe('a server', () => {
  const greet = (server: RpcServer, clientHash: string, clientProtocol: string | null): Promise<string> =>
    server
      .handle(Buffer.concat([encodeHandshakeRequest({ clientHash, clientProtocol, serverHash: server.protocol.md5 }), encodePing()]))
      .then(
        (reply) => decodeHandshakeResponse(new Tap(reply as Buffer)).match,
        (error) => (isEvolveError(error) ? error.code : 'crash'),
      )

  it('remembers so many clients and no more', async () => {
    const server = createRpcServer(newShop, {}, { rememberedClients: 2 })
    const clients = ['A', 'B', 'C'].map((protocol) => parseProtocol({ protocol }))
    for (const { md5, text } of clients) expect(await greet(server, md5, text)).toBe('BOTH')
    expect(await Promise.all(clients.map(({ md5 }) => greet(server, md5, null)))).toEqual(['NONE', 'BOTH', 'BOTH'])
  })

  it('remembers nothing under a hash that is not that of the text', async () => {
    const server = createRpcServer(newShop, {})
    expect(await greet(server, zeros, oldShop.text)).toBe('BOTH')
    expect(await greet(server, zeros, null)).toBe('NONE')
    expect(await greet(server, newShop.md5, oldShop.text)).toBe('BOTH')
    expect(await greet(server, oldShop.md5, null)).toBe('NONE')
  })

  it('takes a very long protocol, and does not remember it', async () => {
    const server = createRpcServer(newShop, {})
    const long = parseProtocol({ protocol: 'P', doc: 'x'.repeat(200_000) })
    expect(await greet(server, long.md5, long.text)).toBe('BOTH')
    expect(await greet(server, long.md5, null)).toBe('NONE')
  })

  const bad: readonly (readonly [string, string])[] = [
    ['no JSON', '{'],
    ['no protocol', '{}'],
    ['a name that is none', '{"protocol":"a b"}'],
    ['text above 1 MiB', ' '.repeat(1_048_577)],
    ['arrays nested 100,000 deep', '['.repeat(100_000)],
    [
      'types nested 10,000 deep',
      `{"protocol":"P","messages":{"m":{"request":[],"response":${'{"type":"array","items":'.repeat(10_000)}"int"${'}'.repeat(10_000)}}}}`,
    ],
  ]
  it.each(bad)('refuses a client protocol with %s', async (_name, text) => {
    expect(await greet(createRpcServer(newShop, {}), zeros, text)).toBe('handshake-failed')
  })

  it('refuses handlers of messages that it does not have', () => {
    expect(() => createRpcServer(newShop, { nil: () => 1 })).toThrow(/no message nil/)
    expect(() => createRpcServer(newShop, { constructor: () => 1 })).toThrow(/no message constructor/)
  })
})

describe('a client', () => {
  const answering = (...responses: readonly (Parameters<typeof encodeHandshakeResponse>[0] | Buffer)[]): RpcTransport => {
    const left = [...responses]
    return statelessTransport(async () => {
      const next = left.shift()
      if (next === undefined) throw new Error('asked once more')
      return Buffer.isBuffer(next) ? next : encodeHandshakeResponse(next)
    })
  }
  const none = { match: 'NONE', serverProtocol: oldShop.text, serverHash: oldShop.md5 } as const
  const bad: readonly (readonly [string, RpcTransport])[] = [
    ['never takes its protocol', answering(none, none)],
    ['does not say its protocol', answering({ match: 'CLIENT', serverProtocol: null, serverHash: null })],
    ['sends no protocol', answering({ match: 'CLIENT', serverProtocol: '[]', serverHash: zeros })],
    ['sends nothing', answering(Buffer.alloc(0))],
    ['sends noise', answering(Buffer.from('noise'))],
  ]
  it.each(bad)('gives up on a server that %s', async (_name, transport) => {
    await expect(createRpcClient(newShop, transport).call('wait', { key: 'a' })).rejects.toMatchObject({ code: 'handshake-failed' })
  })

  it('finds its way among servers of two versions at one address', async () => {
    const servers = [oldShop, newShop].map((protocol) => createRpcServer(protocol, shopHandlers(protocol)))
    let turn = 0
    const matches: string[] = []
    const transport = statelessTransport(async (message) => (await (servers[turn++ % 2] as RpcServer).handle(message)) as Buffer)
    const client = createRpcClient(oldShop, watched(transport, matches))
    for (let call = 0; call < 20; call++) {
      expect(await client.call('place', { order: { id: 9, name: 'a', status: 'OPEN' } })).toMatchObject({ number: 9 })
    }
    expect(matches.includes('CLIENT')).toBe(true)
    const calls = Array.from({ length: 20 }, (_, n) => client.call('grow', { n }))
    expect(await Promise.all(calls)).toEqual(calls.map((_, n) => n + 1))
  })
})
