import { describe, expectTypeOf, test } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import type { InOf, OutOf } from '../codec/codec.ts'
import type { ReadOf } from './literal.ts'

/** What encoding under a definition takes; calling it is what `send` does with a value. */
declare function write<D>(definition: D, value: InOf<D>): void

describe('named types', () => {
  test('are found by short name, full name and inherited namespace', () => {
    type Schema = {
      type: 'record'
      name: 'a.b.Outer'
      namespace: 'ignored'
      fields: [
        { name: 'one'; type: { type: 'fixed'; name: 'Hash'; size: 2 } },
        {
          name: 'two'
          type: {
            type: 'record'
            name: 'Inner'
            namespace: 'x.y'
            fields: [{ name: 'e'; type: { type: 'enum'; name: 'E'; symbols: ['P'] } }]
          }
        },
        { name: 'three'; type: 'Hash' },
        { name: 'four'; type: 'a.b.Hash' },
        { name: 'five'; type: 'x.y.E' },
        { name: 'six'; type: 'x.y.Inner' },
        { name: 'seven'; type: { type: 'x.y.E' } },
        { name: 'eight'; type: { type: 'map'; values: { type: 'array'; items: 'Hash' } } },
      ]
    }
    expectTypeOf<ReadOf<Schema>>().toEqualTypeOf<{
      one: Buffer
      two: { e: 'P' }
      three: Buffer
      four: Buffer
      five: 'P'
      six: { e: 'P' }
      seven: 'P'
      eight: { [key: string]: Buffer[] }
    }>()
  })

  test('a short name inside a namespace falls back to the name without one', () => {
    type Schema = [
      { type: 'enum'; name: 'E'; symbols: ['A'] },
      { type: 'record'; name: 'n.R'; fields: [{ name: 'e'; type: 'E' }, { name: 'own'; type: 'n.R2' }] },
      { type: 'record'; name: 'n.R2'; fields: [{ name: 'e'; type: 'E' }] },
    ]
    expectTypeOf<Extract<ReadOf<Schema>, { 'n.R': unknown }>['n.R']['own']['e']>().toEqualTypeOf<'A'>()
  })

  test('an empty namespace leaves the enclosing one', () => {
    type Schema = {
      type: 'record'
      name: 'n.R'
      fields: [{ name: 'a'; type: { type: 'enum'; name: 'E'; namespace: ''; symbols: ['A'] } }, { name: 'b'; type: ['n.R', 'string', 'E'] }]
    }
    expectTypeOf<keyof Exclude<ReadOf<Schema>['b'], { string: string }>>().toEqualTypeOf<never>()
    expectTypeOf<Extract<ReadOf<Schema>['b'], { E: unknown }>>().toEqualTypeOf<{ E: 'A' }>()
  })

  test('come from references', () => {
    const Money = { type: 'record', name: 'pay.Money', fields: [{ name: 'cents', type: 'long' }] } as const
    const definition = avro({ type: 'record', name: 'pay.Bill', fields: [{ name: 'sum', type: 'Money' }] }, { references: [Money] })
    expectTypeOf<OutOf<typeof definition>>().toEqualTypeOf<{ sum: { cents: number } }>()
  })

  test('unknown ones read as unknown', () => {
    expectTypeOf<ReadOf<{ type: 'record'; name: 'R'; fields: [{ name: 'a'; type: 'Elsewhere' }] }>>().toEqualTypeOf<{ a: unknown }>()
    expectTypeOf<ReadOf<['null', 'Elsewhere']>>().toEqualTypeOf<unknown>()
  })
})

describe('recursive types', () => {
  const List = avro({
    type: 'record',
    name: 'List',
    fields: [
      { name: 'value', type: 'int' },
      { name: 'next', type: ['null', 'List'], default: null },
    ],
  })
  const Tree = avro({
    type: 'record',
    name: 'Tree',
    namespace: 't',
    fields: [
      { name: 'name', type: 'string' },
      { name: 'children', type: { type: 'array', items: 'Tree' }, default: [] },
      { name: 'byName', type: { type: 'map', values: ['null', 't.Tree'] }, default: {} },
      { name: 'either', type: ['null', 'string', 'Tree', { type: 'map', values: 'Tree' }], default: null },
      {
        name: 'pair',
        type: {
          type: 'record',
          name: 'Pair',
          fields: [
            { name: 'left', type: ['null', 'Tree'] },
            { name: 'right', type: ['null', 'Pair'] },
          ],
        },
      },
    ],
  })

  test('a linked list', () => {
    type Out = OutOf<typeof List>
    expectTypeOf<Out['next']>().toEqualTypeOf<Out | null>()
    expectTypeOf<NonNullable<NonNullable<Out['next']>['next']>['value']>().toEqualTypeOf<number>()
    write(List, { value: 1, next: { value: 2, next: { value: 3 } } })
    // @ts-expect-error wrong type three deep
    write(List, { value: 1, next: { value: 2, next: { value: '3' } } })
  })

  test('a tree through array, map, union and another record', () => {
    type Out = OutOf<typeof Tree>
    expectTypeOf<Out['children']>().toEqualTypeOf<Out[]>()
    expectTypeOf<Out['byName']>().toEqualTypeOf<{ [key: string]: Out | null }>()
    expectTypeOf<Out['pair']['right']>().toEqualTypeOf<Out['pair'] | null>()
    expectTypeOf<Extract<Out['either'], { string: unknown }>>().toEqualTypeOf<{ string: string }>()
    const pair = { left: null, right: null }
    write(Tree, { name: 'a', pair, children: [{ name: 'b', pair: { left: { name: 'c', pair }, right: null }, byName: { x: null } }] })
    // @ts-expect-error no such field three deep
    write(Tree, { name: 'a', pair, children: [{ name: 'b', pair: { left: { name: 'c', pair, nick: '' }, right: null } }] })
  })

  test('what was read may be written', () => {
    const list = {} as OutOf<typeof List>
    const tree = {} as OutOf<typeof Tree>
    write(List, { ...list, value: 2 })
    write(Tree, tree)
    write(Tree, { ...tree, children: tree.children.slice(1) })
  })
})
