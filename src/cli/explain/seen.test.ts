import { describe, expect, it } from 'vitest'
import { carriedBy } from '../../avro.ts'
import { choicesOf } from '../../codec/avro/choices.ts'
import { schemaJson } from '../../codec/avro/laws/model.test-support.ts'
import { holds, lawPairs } from '../../codec/avro/laws/samples.test-support.ts'
import { resolveSchemas } from '../../codec/avro/resolution.ts'
import { isEvolveError } from '../../errors.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { Schema } from '../../schema/types.ts'
import type { Part } from './part.ts'
import { type Seen, type View, viewOf } from './seen.ts'
import { walkMessage } from './walk.ts'

const all = { items: 1_000_000, parts: 1_000_000 }
const base = choicesOf({ long: 'auto', logicalTypes: 'none', unions: 'wrapped' })

/** Holds what is seen against the decoded value. */
function expectSame(seen: Seen, schema: Schema, value: unknown): void {
  if (schema.kind === 'union') {
    if (value === null) {
      if (seen.given === undefined) expect(seen.value).toBeNull()
      return
    }
    const [entry] = Object.entries(value as object)
    const branch = schema.branches.find((one) => ('name' in one ? one.name : one.kind) === entry?.[0])
    expectSame(seen, branch as Schema, entry?.[1])
    return
  }
  if (seen.given !== undefined) return
  switch (schema.kind) {
    case 'record':
      expect(seen.inside.map(({ name }) => name)).toEqual(schema.fields.map(({ name }) => name))
      for (const [index, field] of schema.fields.entries()) expectSame(seen.inside[index] as Seen, field.type, own(value, field.name))
      return
    case 'array':
      expect([seen.items, seen.inside.length]).toEqual([(value as unknown[]).length, (value as unknown[]).length])
      for (const [index, item] of (value as unknown[]).entries()) expectSame(seen.inside[index] as Seen, schema.items, item)
      return
    case 'map': {
      // Of two entries of one key the last one is what decode keeps.
      const last = new Map(seen.inside.map((entry) => [entry.name, entry]))
      for (const [key, entry] of last) expectSame(entry, schema.values, own(value, String(key)))
      return
    }
    default:
      expect(seen.value).toEqual(value)
  }
}

const own = (value: unknown, key: string): unknown => Object.getOwnPropertyDescriptor(value, key)?.value

const view = (writer: Schema, reader: Schema, bytes: Buffer, choices = base): View => {
  const { body } = walkMessage(writer, bytes, 0, all)
  return viewOf(resolveSchemas(writer, reader, choices).plan, body.parts[0] as Part)
}

describe('what a reader sees', { timeout: 300_000 }, () => {
  const pairs = lawPairs()
  const schemas = new Map(
    pairs.map(({ index, writer, reader }) => [index, [parseSchema(schemaJson(writer)), parseSchema(schemaJson(reader))] as const]),
  )

  it('is what decode gives: random pairs and messages', () => {
    holds(
      pairs,
      ({ index, bytes }) => {
        const [writer, reader] = schemas.get(index) as readonly [Schema, Schema]
        const value = decoded(writer, reader, bytes)
        if (value === undefined) return false
        expectSame(view(writer, reader, bytes).seen, reader, value.decoded)
        return true
      },
      0.7,
    )
  })

  it('names the unknown fields that decode carries at the root', () => {
    holds(
      pairs,
      ({ index, bytes }) => {
        const [writer, reader] = schemas.get(index) as readonly [Schema, Schema]
        const value = decoded(writer, reader, bytes)
        if (value === undefined || writer.kind !== 'record' || reader.kind !== 'record') return false
        const known = carriedBy(value.decoded)
        const { carried } = view(writer, reader, bytes)
        const unknown = carried
          .filter(({ why, path }) => why === 'unknown-field' && path.lastIndexOf('/') === 0)
          .map(({ part }) => part.name)
        if (known?.recordName === reader.name) expect(unknown).toEqual(expect.arrayContaining([...known.fieldNames()]))
        return unknown.length > 0
      },
      0.1,
    )
  })
})

function decoded(writer: Schema, reader: Schema, bytes: Buffer): { decoded: unknown } | undefined {
  try {
    return { decoded: resolveSchemas(writer, reader, base).decode(bytes) }
  } catch (error) {
    if (isEvolveError(error)) return undefined
    throw error
  }
}

describe('the marks of a view', () => {
  const writer = parseSchema({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'quantity', type: 'int' },
      { name: 'grade', type: { type: 'enum', name: 'Grade', symbols: ['LOW', 'GOLD'] } },
      { name: 'discount', type: ['null', 'double'] },
      { name: 'big', type: 'long' },
    ],
  })
  const reader = parseSchema({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'currency', type: 'string', default: 'EUR' },
      { name: 'qty', aliases: ['quantity'], type: 'int' },
      { name: 'id', type: 'long' },
      { name: 'grade', type: { type: 'enum', name: 'Grade', symbols: ['LOW'], default: 'LOW' } },
      { name: 'big', type: 'long' },
    ],
  })
  const bytes = Buffer.from('0e 04 02 02 000000000000f03f ffffffffffffffffff01'.replaceAll(' ', ''), 'hex')

  it('say what happened to each field', () => {
    const { seen, carried } = view(writer, reader, bytes)
    expect(
      seen.inside.map(({ name, value, given, from, to, marks }) => [name, value ?? given?.json, from, to, marks.map(({ kind }) => kind)]),
    ).toEqual([
      ['currency', 'EUR', undefined, undefined, ['defaulted']],
      ['qty', 2, 1, 2, ['renamed']],
      ['id', 7, 0, 1, ['promoted']],
      ['grade', 'LOW', 2, 3, ['collapsed']],
      ['big', -(2n ** 63n), 12, 22, ['unsafe']],
    ])
    expect(carried.map(({ path, why, part }) => [path, why, part.from, part.to])).toEqual([
      ['/grade', 'collapsed', 2, 3],
      ['/discount', 'unknown-field', 3, 12],
    ])
  })
})
