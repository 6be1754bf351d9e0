import { describe, expect, it } from 'vitest'
import { parseSchema } from '../schema/parse.ts'
import { mergedText } from './merge.ts'
import { standardRepresentation } from './representation.ts'
import { resolvePlan } from './resolve.ts'

/** The merged schema as JSON; `undefined` where there is none. */
function merged(writer: string | object, reader: string | object, references: readonly object[] = []): unknown {
  const [from, to] = [parseSchema(writer, { references }), parseSchema(reader)]
  const text = mergedText(resolvePlan(from, to, standardRepresentation), from, to)
  if (text === undefined) return undefined
  expect(() => parseSchema(text, { references })).not.toThrow()
  return JSON.parse(text)
}
const record = (name: string, fields: readonly object[], more: object = {}): object => ({ type: 'record', name, fields, ...more })
const id = { name: 'id', type: 'string' }

describe('a merged schema', () => {
  it("is the writer's with the reader's fields behind its own, at every depth", () => {
    const writer = record('s.Order', [
      id,
      { name: 'items', type: { type: 'array', items: record('Item', [{ name: 'gift', type: 'boolean' }]) } },
    ])
    const reader = record('s.Order', [
      { name: 'memo', type: ['null', 'string'], default: null, doc: 'what was said', order: 'ignore' },
      { name: 'items', type: { type: 'array', items: record('Item', [{ name: 'tax', type: 'int', default: 7, aliases: ['vat'] }]) } },
      id,
    ])
    expect(merged(writer, reader)).toEqual({
      type: 'record',
      name: 'Order',
      namespace: 's',
      fields: [
        id,
        {
          name: 'items',
          type: {
            type: 'array',
            items: {
              type: 'record',
              name: 'Item',
              namespace: 's',
              fields: [
                { name: 'gift', type: 'boolean' },
                { name: 'tax', type: 'int', default: 7 },
              ],
            },
          },
        },
        { name: 'memo', type: ['null', 'string'], default: null, doc: 'what was said', order: 'ignore' },
      ],
    })
  })

  it('keeps docs, aliases, attributes of any kind and defaults to the last digit', () => {
    const writer =
      '{"type":"record","name":"R","doc":"why","aliases":["Old"],"connect.name":"x.R","fields":[{"name":"n","type":"long","default":9223372036854775807,"x":1.5}]}'
    const reader = '{"type":"record","name":"R","fields":[{"name":"m","type":"long","default":-9223372036854775808}]}'
    const from = parseSchema(writer)
    const to = parseSchema(reader)
    expect(mergedText(resolvePlan(from, to, standardRepresentation), from, to)).toBe(
      '{"type":"record","name":"R","doc":"why","aliases":["Old"],"connect.name":"x.R","fields":[{"name":"n","type":"long","default":9223372036854775807,"x":1.5},{"name":"m","type":"long","default":-9223372036854775808}],"namespace":""}',
    )
  })

  it('spells a named type out where it is first used', () => {
    const kind = { type: 'enum', name: 'Kind', symbols: ['A', 'B'] }
    const writer = record('n.R', [
      { name: 'inner', type: record('I', [id]) },
      { name: 'kind', type: kind },
    ])
    const reader = record('n.R', [
      {
        name: 'inner',
        type: record('I', [
          { name: 'of', type: { ...kind, default: 'A' }, default: 'A' },
          { name: 'by', type: { type: 'fixed', name: 'm.F', size: 1 }, default: 'x' },
        ]),
      },
    ])
    expect(merged(writer, reader)).toMatchObject({
      fields: [
        {
          type: {
            fields: [
              id,
              { name: 'of', type: { name: 'Kind', namespace: 'n', symbols: ['A', 'B'] } },
              { name: 'by', type: { name: 'F', namespace: 'm' } },
            ],
          },
        },
        { name: 'kind', type: 'n.Kind' },
      ],
    })
  })

  it('ends with schemas that contain themselves', () => {
    const list = (more: readonly object[]): object => record('L', [{ name: 'next', type: ['null', 'L'] }, ...more])
    expect(merged(list([{ name: 'a', type: 'int' }]), list([{ name: 'b', type: ['null', 'L'], default: null }]))).toMatchObject({
      fields: [{ name: 'next' }, { name: 'a' }, { name: 'b', type: ['null', 'L'] }],
    })
  })

  it('names the types of other texts', () => {
    const item = record('x.Item', [id])
    const writer = record('x.R', [{ name: 'i', type: 'Item' }])
    const reader = record('x.R', [
      { name: 'i', type: item },
      { name: 'n', type: 'int', default: 1 },
    ])
    expect(merged(writer, reader, [item])).toMatchObject({ fields: [{ name: 'i', type: 'Item' }, { name: 'n' }] })
  })

  it.each<[string, object, object, (readonly object[])?]>([
    ['nothing is to be added', record('R', [id, { name: 'a', type: 'int' }]), record('R', [id])],
    [
      'the record stands in another text',
      record('x.R', [{ name: 'i', type: 'Item' }]),
      record('x.R', [{ name: 'i', type: record('Item', [id, { name: 'n', type: 'int', default: 1 }]) }]),
      [record('x.Item', [id])],
    ],
    [
      'two records of the reader would add a field of one name and different types',
      record('R', [
        { name: 'a', type: record('I', [id]) },
        { name: 'b', type: 'I' },
      ]),
      record('R', [
        { name: 'a', type: record('I', [{ name: 'x', type: 'int', default: 0 }]) },
        { name: 'b', type: record('J', [{ name: 'x', type: 'string', default: '' }], { aliases: ['I'] }) },
      ]),
    ],
    ['a field has no default', record('R', [id]), record('R', [id, { name: 'n', type: 'int' }])],
  ])('is not made where %s', (_why, writer, reader, references) => {
    expect(merged(writer, reader, references)).toBeUndefined()
  })
})
