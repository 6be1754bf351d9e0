import { afterEach, describe, expect, it } from 'vitest'
import { avroCodec } from '../codec/avro/codec.ts'
import { type Link, type LinkOptions, links, newShop, oldShop, shopHandlers } from './rpc.test-support.ts'
import type { RpcCall } from './rpc-call.ts'
import { RpcError } from './rpc-error.ts'

const { carriedBy } = avroCodec
const open: Link[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((link) => link.close()))
})

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

const oldOrder = (id: number): object => ({ id, name: 'pen', status: 'PAID' })
const newOrder = (id: number, status = 'SHIPPED'): object => ({ id, title: 'pen', status, note: 'soon' })

describe.each(Object.entries(links))('calls over %s', (_name, make) => {
  const started = async (options: LinkOptions): Promise<Link> => {
    const link = await make(options)
    open.push(link)
    return link
  }

  it('go from an old client to a new server', async () => {
    const seen: unknown[] = []
    const { client } = await started({ protocols: [oldShop, newShop], handlers: shopHandlers(newShop, seen) })
    expect(await client.call('place', { order: oldOrder(9) })).toMatchObject({ number: 9, total: 1.5 })
    expect(seen).toMatchObject([{ express: false, order: { id: 9, title: 'pen', status: 'PAID', note: null } }])
    expect(client.remote?.text).toBe(newShop.text)
  })

  it('go from a new client to an old server', async () => {
    const seen: { readonly order: object }[] = []
    const { client } = await started({ protocols: [newShop, oldShop], handlers: shopHandlers(oldShop, seen) })
    const receipt = await client.call('place', { order: newOrder(9), express: true })
    expect(receipt).toMatchObject({ number: 9, total: 1.5, currency: 'EUR' })
    expect(seen).toMatchObject([{ order: { id: 9, name: 'unnamed', status: 'OTHER' } }])
    expect(carriedBy(seen[0])?.fieldNames()).toEqual(['express'])
    expect(carriedBy(seen[0]?.order)?.get('note')).toEqual('soon')
    expect(client.remote?.text).toBe(oldShop.text)
  })

  it('widen numbers', async () => {
    const { client } = await started({ protocols: [oldShop, newShop] })
    expect(await client.call('grow', { n: 4 })).toBe(5)
  })

  it('refuse a reply that would lose unknown fields, unless told to drop them', async () => {
    const errors: unknown[] = []
    const preserving = await started({ protocols: [newShop, oldShop], server: { onError: (error) => errors.push(error) } })
    expect(await failure(preserving.client.call('echo', { order: newOrder(9) }))).toMatchObject({ value: 'echo failed' })
    expect(errors).toMatchObject([{ code: 'unknown-field-loss' }])
    const dropping = await started({ protocols: [newShop, oldShop], server: { policy: 'drop' } })
    expect(await dropping.client.call('echo', { order: newOrder(9) })).toMatchObject({
      id: 9,
      title: 'unnamed',
      status: 'OTHER',
      note: null,
    })
  })

  it('bring declared errors, resolved', async () => {
    const { client } = await started({ protocols: [oldShop, newShop] })
    const refused = await failure(client.call('place', { order: oldOrder(1) }))
    expect(refused).toBeInstanceOf(RpcError)
    expect(refused).toMatchObject({ code: 'remote-error', errorName: 'shop.Refused', value: { reason: 'no stock' }, retryable: false })
  })

  it('bring errors of an old server with the defaults of a new client', async () => {
    const { client } = await started({ protocols: [newShop, oldShop] })
    expect(await failure(client.call('place', { order: newOrder(1) }))).toMatchObject({
      errorName: 'shop.v2.Refused',
      value: { reason: 'no stock', code: -1 },
    })
  })

  it('bring a declared error that the client does not know under the name and with the fields of the server', async () => {
    const { client } = await started({ protocols: [oldShop, newShop] })
    expect(await failure(client.call('place', { order: oldOrder(2) }))).toMatchObject({
      errorName: 'shop.v2.Blocked',
      value: { until: 99 },
    })
  })

  it('bring text, and of other failures nothing but that they were', async () => {
    const errors: unknown[] = []
    const { client } = await started({ protocols: [oldShop, newShop], server: { onError: (error) => errors.push(error) } })
    expect(await failure(client.call('place', { order: oldOrder(3) }))).toMatchObject({ errorName: 'string', value: 'closed on Sundays' })
    expect(await failure(client.call('place', { order: oldOrder(4) }))).toMatchObject({ errorName: 'string', value: 'place failed' })
    expect(errors).toEqual([new Error('password=hunter2')])
  })

  it('send one-way messages', async () => {
    const seen: unknown[] = []
    const { client } = await started({ protocols: [oldShop, newShop], handlers: shopHandlers(newShop, seen) })
    expect(await client.call('log', { line: 'a' })).toBeUndefined()
    expect(await client.call('log', { line: 'b' })).toBeUndefined()
    await client.ping()
    expect(seen).toEqual(['a', 'b'])
  })

  it('carry metadata both ways', async () => {
    const handlers = {
      ...shopHandlers(oldShop),
      wait: (request: { key: string }, call: RpcCall) => {
        call.replyMetadata['took'] = Buffer.from('3')
        if (request.key === 'bad') throw new RpcError('string', 'bad')
        return Buffer.from(call.metadata['who'] ?? []).toString()
      },
    }
    const { client } = await started({ protocols: [oldShop, oldShop], handlers })
    const got: unknown[] = []
    const metadata = { who: Buffer.from('me') }
    expect(await client.call('wait', { key: 'k' }, { metadata, onMetadata: (each) => got.push(each) })).toBe('me')
    expect(got).toEqual([{ took: Buffer.from('3') }])
    expect(await failure(client.call('wait', { key: 'bad' }, { metadata }))).toMatchObject({ metadata: { took: Buffer.from('3') } })
  })

  it('refuse a message that only one side has', async () => {
    const { client } = await started({ protocols: [oldShop, newShop] })
    const stateful = client.call('wait', { key: '' }).then(() => failure(client.call('legacy')))
    expect(String(await stateful)).toMatch(/the server has no message legacy/)
    expect(await failure(client.call('fresh'))).toMatchObject({ code: 'invalid-options' })
    expect(await failure(client.call('__proto__'))).toMatchObject({ code: 'invalid-options' })
    expect(await client.call('wait', { key: 'still there' })).toBe('still there')
  })

  it('refuse a request that does not fit before anything is sent', async () => {
    const { client, matches } = await started({ protocols: [oldShop, newShop] })
    expect(await failure(client.call('place', { order: { id: 'x' } }))).toMatchObject({ code: 'invalid-value', path: '/order/id' })
    expect(matches).toEqual([])
  })

  it('answer a response that does not fit with an error', async () => {
    const errors: unknown[] = []
    const { client } = await started({
      protocols: [oldShop, oldShop],
      handlers: {
        wait: () => 5,
        place: () => {
          throw new RpcError('Nil', {})
        },
      },
      server: { onError: (error) => errors.push(error) },
    })
    expect(await failure(client.call('wait', { key: '' }))).toMatchObject({ value: 'wait failed' })
    expect(await failure(client.call('place', { order: oldOrder(0) }))).toMatchObject({ value: 'place failed' })
    expect(await failure(client.call('echo', { order: oldOrder(0) }))).toMatchObject({ value: 'the server does not carry out echo' })
    expect(errors).toMatchObject([{ code: 'invalid-value' }, { code: 'invalid-value' }])
  })

  it('run in parallel, each with its own reply', async () => {
    const { client } = await started({ protocols: [newShop, oldShop] })
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`)
    expect(await Promise.all(keys.map((key) => client.call('wait', { key })))).toEqual(keys)
  })
})
