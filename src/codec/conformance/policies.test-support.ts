import { describe, expect, it } from 'vitest'
import type { EncodeOptions, UnknownFieldEvent } from '../codec.ts'
import { type CodecKit, flat, type Item, type Order, order, pairOf, readWhole, whole, written } from './kit.test-support.ts'

const anyLoss = expect.objectContaining({ code: 'unknown-field-loss' }) as Error

/** Policies, output schemas and events. */
export function describePolicies(kit: CodecKit): void {
  const pair = pairOf(kit, kit.order)
  const bytes = written(kit, kit.order, order)
  const read = (): Order => pair.decode(bytes) as Order
  const eventsOf = (value: unknown, options: EncodeOptions): UnknownFieldEvent[] => {
    const events: UnknownFieldEvent[] = []
    pair.encode(value, { ...options, onEvent: (event) => events.push(event) })
    return events
  }

  describe('strict', () => {
    it('writes an ordinary edit as preserve does, any number of times', () => {
      const edited = { ...read(), id: 'o-2', items: read().items.toReversed() }
      for (let round = 0; round < 200; round++) expect(pair.encode(edited, { policy: 'strict' })).toEqual(pair.encode(edited))
    })

    it('refuses a record made anew, any number of times', () => {
      const edited = { ...read(), items: [...read().items, { sku: 'n', qty: 0 }] }
      for (let round = 0; round < 200; round++)
        expect(() => pair.encode(edited, { policy: 'strict' })).toThrow(
          expect.objectContaining({ path: expect.stringMatching(/^\/items\/3/) as string }) as Error,
        )
    })

    it('refuses what another record type carries', () => {
      const edited = { ...read(), customer: { ...(read().items[0] as Item), name: 'Odd' } }
      expect(() => pair.encode(edited, { policy: 'strict' })).toThrow(anyLoss)
    })
  })

  describe('drop', () => {
    const plain = JSON.parse(JSON.stringify(read())) as Order

    it.each(['reader', 'auto'] as const)('writes what a value gives that never carried anything (output %s)', (output) => {
      const own = whole(kit, kit.order.older)
      for (let round = 0; round < 200; round++) expect(pair.encode(read(), { policy: 'drop', output })).toEqual(own.encode(plain))
      expect(own.decode(pair.encode(read(), { policy: 'drop', output }))).toEqual(plain)
      expect(pair.encode(read(), { policy: 'drop', output }).includes('second')).toBe(false)
    })

    it('tells what it left out, record by record', () => {
      const events = eventsOf(read(), { policy: 'drop', output: 'reader' })
      expect(events.map(({ kind, path, fields }) => [kind, path, fields])).toEqual(
        [
          ['', ['points']],
          ['/customer', ['vip']],
          ...[0, 1, 2].map((at) => [`/items/${at}`, ['gift']]),
          ...['x', 'y'].map((key) => [`/shelf/${key}`, ['gift']]),
        ].map(([path, fields]) => ['dropped', path, fields]),
      )
    })
  })

  describe('events', () => {
    it('tell of each record with unknown data', () => {
      const events = eventsOf(read(), {})
      expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['preserved']))
      expect(events.map(({ path }) => path)).toEqual(['', '/customer', '/items/0', '/items/1', '/items/2', '/shelf/x', '/shelf/y'])
      expect(events[2]).toMatchObject({ recordName: kit.codec.carriedBy(read().items)?.recordName, fields: ['gift'] })
    })

    it('are not told of a message without any', () => {
      const own = whole(kit, kit.flat.newer)
      const events: unknown[] = []
      own.encode(own.decode(written(kit, kit.flat, flat)), { onEvent: (event) => events.push(event) })
      expect(events).toEqual([])
    })
  })

  describe('output', () => {
    it("auto: the writer's schema for what came from it", () => {
      const value = { ...read(), id: 'o-2' }
      expect(pair.encode(value, { output: 'auto' })).toEqual(pair.encode(value))
      expect(pair.encode(value, { output: 'writer' })).toEqual(pair.encode(value))
    })

    it("auto: the reader's for what is new", () => {
      const plain = { id: 'n', customer: { name: 'n' }, items: [{ sku: 's', qty: 1 }], shelf: {} }
      expect(pair.encode(plain, { output: 'auto' })).toEqual(whole(kit, kit.order.older).encode(plain))
    })

    it('reader: refused where it would lose something', () => {
      const outcome = ((): unknown => {
        try {
          return pair.encode(read(), { output: 'reader' })
        } catch (error) {
          return error
        }
      })()
      if (Buffer.isBuffer(outcome)) expect(readWhole(kit, kit.order.newer, outcome)).toEqual(order)
      else expect(outcome).toEqual(anyLoss)
    })

    it('the source: a value that lost all is written from the message it was read from', () => {
      const copy = JSON.parse(JSON.stringify(read())) as Order
      expect(readWhole(kit, kit.order.newer, pair.encode({ ...copy, id: 'o-2' }, { source: bytes }))).toEqual({ ...order, id: 'o-2' })
    })
  })
}
