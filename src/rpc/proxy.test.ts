import { expect, it } from 'vitest'
import { parseProtocol } from '../schema/protocol.ts'
import type { Protocol } from '../schema/protocol-types.ts'
import { createRpcClient } from './client.ts'
import type { RpcCall } from './rpc-call.ts'
import { createRpcServer } from './server.ts'
import type { RpcServer } from './server-types.ts'
import { type RpcTransport, statelessTransport } from './transport.ts'

const release = (...added: object[]): Protocol =>
  parseProtocol({
    protocol: 'Orders',
    types: [{ type: 'record', name: 'Order', fields: [{ name: 'status', type: 'string' }, ...added] }],
    messages: { save: { request: [{ name: 'order', type: 'Order' }], response: 'null' } },
  })
const old = release()
const current = release(
  { name: 'note', type: 'string', default: '' },
  { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
)

const to = (server: RpcServer): RpcTransport => statelessTransport(async (message) => (await server.handle(message)) as Buffer)

it('an old service between two new ones passes on what it does not know, under the protocol of its client', async () => {
  const saved: unknown[] = []
  const store = createRpcServer(current, { save: ({ order }: { readonly order: object }) => void saved.push(order) })
  const between = createRpcServer(old, {
    save: async ({ order }: { readonly order: { readonly status: string } }, call: RpcCall) => {
      expect(Object.keys(order)).toEqual(['status'])
      await createRpcClient(old, to(store), { wireProtocol: call.remote }).call('save', {
        order: { ...order, status: `${order.status}, seen` },
      })
    },
  })
  await createRpcClient(current, to(between)).call('save', { order: { status: 'paid', note: 'soon', tags: ['a', 'b'] } })
  expect(saved).toEqual([{ status: 'paid, seen', note: 'soon', tags: ['a', 'b'] }])
})

it('the same, with a field that the new services call by another name', async () => {
  const named = (name: string, ...aliases: string[]): object => ({ name, type: 'int', aliases, default: 0 })
  const [before, after] = [release(named('count')), release(named('pieces', 'count'), { name: 'note', type: 'string', default: '' })]
  const saved: unknown[] = []
  const store = createRpcServer(after, { save: ({ order }: { readonly order: object }) => void saved.push(order) })
  const between = createRpcServer(before, {
    save: async ({ order }: { readonly order: { readonly status: string } }, { remote }: RpcCall) => {
      await createRpcClient(before, to(store), { wireProtocol: remote }).call('save', { order: { ...order, status: 'seen' } })
    },
  })
  await createRpcClient(after, to(between)).call('save', { order: { status: 'paid', pieces: 4, note: 'soon' } })
  expect(saved).toEqual([{ status: 'seen', pieces: 4, note: 'soon' }])
  await createRpcClient(before, to(between)).call('save', { order: { status: 'paid', count: 3 } })
  expect(saved[1]).toMatchObject({ status: 'seen', pieces: 3, note: '' })
})

it('refuses to pass it on under the old protocol, which has no place for it', async () => {
  const errors: unknown[] = []
  const store = createRpcServer(current, { save: () => undefined })
  const between = createRpcServer(
    old,
    { save: ({ order }: { readonly order: object }) => createRpcClient(old, to(store)).call('save', { order }) },
    { onError: (error) => errors.push(error) },
  )
  const call = createRpcClient(current, to(between)).call('save', { order: { status: 'paid', note: 'soon' } })
  await expect(call).rejects.toMatchObject({ code: 'remote-error', value: 'save failed' })
  expect(errors).toMatchObject([{ code: 'unknown-field-loss' }])
})
