import { expectTypeOf, test } from 'vitest'
import { createRpcClient, createRpcServer, parseProtocol, type RpcTransport } from '../avro.ts'

const shop = parseProtocol({
  protocol: 'Shop',
  namespace: 'shop',
  types: [
    { type: 'enum', name: 'Status', symbols: ['OPEN', 'PAID'] },
    {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'id', type: 'long' },
        { name: 'status', type: 'Status' },
        { name: 'note', type: 'string', default: '' },
      ],
    },
    { type: 'error', name: 'Refused', fields: [{ name: 'reason', type: 'string' }] },
  ],
  messages: {
    place: {
      request: [
        { name: 'order', type: 'Order' },
        { name: 'express', type: 'boolean', default: false },
      ],
      response: 'shop.Order',
      errors: ['Refused'],
    },
    all: { request: [], response: { type: 'array', items: 'Order' } },
    clear: { request: [], response: 'null' },
    log: { request: [{ name: 'line', type: 'string' }], response: 'null', 'one-way': true },
  },
})
declare const transport: RpcTransport

test('a client of a literal protocol knows its messages', () => {
  const client = createRpcClient(shop, transport)
  expectTypeOf(client.call('place', { order: { id: 1, status: 'OPEN' } })).resolves.toEqualTypeOf<{
    id: number
    status: 'OPEN' | 'PAID'
    note: string
  }>()
  expectTypeOf(client.call('all')).resolves.toEqualTypeOf<{ id: number; status: 'OPEN' | 'PAID'; note: string }[]>()
  expectTypeOf(client.call('clear')).resolves.toEqualTypeOf<null>()
  expectTypeOf(client.call('log', { line: '' })).resolves.toEqualTypeOf<undefined>()
  // @ts-expect-error no such message
  client.call('nil')
  // @ts-expect-error the request is missing
  client.call('place')
  // @ts-expect-error no such symbol
  client.call('place', { order: { id: 1, status: 'LOST' } })
  client.call('place', { order: { id: 1, status: 'OPEN' }, express: true }, { timeoutMs: 5 })
})

test('options shape the types', () => {
  const client = createRpcClient(shop, transport, { long: 'bigint', timeoutMs: 5 })
  expectTypeOf(client.call('all')).resolves.toEqualTypeOf<{ id: bigint; status: 'OPEN' | 'PAID'; note: string }[]>()
})

test('handlers of a literal protocol know their requests', () => {
  createRpcServer(shop, {
    place: ({ order, express }) => {
      expectTypeOf(order).toEqualTypeOf<{ id: number; status: 'OPEN' | 'PAID'; note: string }>()
      expectTypeOf(express).toEqualTypeOf<boolean>()
      return { id: order.id, status: 'PAID' }
    },
    all: async () => [],
    clear: () => undefined,
    log: ({ line }, call) => {
      expectTypeOf(line).toEqualTypeOf<string>()
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>()
    },
  })
  // @ts-expect-error the response is another
  createRpcServer(shop, { all: () => 5 })
  // @ts-expect-error no such message
  createRpcServer(shop, { nil: () => 5 })
})

test('a protocol of text has values that are unknown', () => {
  const client = createRpcClient(parseProtocol('{}' as string), transport)
  expectTypeOf(client.call('anything', { a: 1 })).resolves.toEqualTypeOf<unknown>()
  createRpcServer(parseProtocol('{}' as string), { anything: (request: { readonly a: number }) => request.a })
})
