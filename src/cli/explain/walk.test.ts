import { describe, expect, it } from 'vitest'
import { choicesOf } from '../../codec/avro/choices.ts'
import { schemaJson } from '../../codec/avro/laws/model.test-support.ts'
import { holds, lawPairs } from '../../codec/avro/laws/samples.test-support.ts'
import { resolveSchemas } from '../../codec/avro/resolution.ts'
import { isEvolveError } from '../../errors.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { Schema } from '../../schema/types.ts'
import { leavesOf, type Part } from './part.ts'
import { walkMessage } from './walk.ts'

const all = { items: 1_000_000, parts: 1_000_000 }
const few = { items: 2, parts: 40 }
const choices = choicesOf({ long: 'auto', logicalTypes: 'none', unions: 'wrapped' })

/** Whether the parts of a message lie side by side and cover it. */
function expectPartition(body: Part, start: number, end: number): void {
  let at = start
  for (const leaf of leavesOf(body)) {
    if (leaf.from !== at || leaf.to < leaf.from) throw new Error(`a part at [${leaf.from}, ${leaf.to}) where ${at} is next`)
    at = leaf.to
  }
  if (at !== end) throw new Error(`the parts end at ${at}, the message at ${end}`)
  expectNested(body)
}

function expectNested(part: Part): void {
  const [first, last] = [part.parts[0], part.parts.at(-1)]
  if (first !== undefined && (first.from !== part.from || last?.to !== part.to))
    throw new Error(`${part.role} ${part.name} is [${part.from}, ${part.to}), what is in it [${first.from}, ${last?.to})`)
  for (const inside of part.parts) expectNested(inside)
}

/** The value that the parts stand for, as `decode` gives it without logical types and with wrapped unions. */
function shown(part: Part): unknown {
  const { schema, parts } = part
  switch (schema?.kind) {
    case 'record':
      return fromEntries(parts.map((field) => [String(field.name), shown(field)]))
    case 'array':
      return parts.filter(({ role }) => role === 'value').map(shown)
    case 'map':
      return fromEntries(parts.filter(({ role }) => role === 'entry').map((entry) => [String(entry.name), shown(entry.parts[1] as Part)]))
    case 'union': {
      const value = parts[1] as Part
      const inner = value.schema as Schema
      return inner.kind === 'null' ? null : fromEntries([['name' in inner ? inner.name : inner.kind, shown(value)]])
    }
    default:
      return part.value
  }
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of entries) Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  return object
}

const framed = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), bytes])

describe('a message taken apart', { timeout: 300_000 }, () => {
  const pairs = lawPairs()
  const schemas = new Map(pairs.map(({ index, writer }) => [index, parseSchema(schemaJson(writer))]))

  it('is covered by its parts, and they hold what decode gives: random schemas and values', () => {
    holds(
      pairs,
      ({ index, bytes }) => {
        const schema = schemas.get(index) as Schema
        const message = framed(bytes)
        const { body, breakage } = walkMessage(schema, message, 5, all)
        expect(breakage).toBeUndefined()
        expectPartition(body, 5, message.length)
        expect(body.parts.length).toBe(1)
        // Where the pair's reader passes over a text, that may be no UTF-8; the writer's schema as reader refuses it.
        if ([...leavesOf(body)].some(({ note }) => note?.includes('UTF-8') === true)) return false
        expect(shown(body.parts[0] as Part)).toEqual(resolveSchemas(schema, schema, choices).decode(message, 5))
        return true
      },
      0.8,
    )
  })

  it('is covered also where not all items are shown', () => {
    holds(
      pairs,
      ({ index, bytes }) => {
        const { body, breakage } = walkMessage(schemas.get(index) as Schema, framed(bytes), 5, few)
        expect(breakage).toBeUndefined()
        expectPartition(body, 5, bytes.length + 5)
        return [...leavesOf(body)].some(({ role }) => role === 'rest')
      },
      0.05,
    )
  })

  it('is covered where it is damaged, and what stood before the damage is shown', () => {
    holds(
      pairs,
      ({ index, bytes, random }) => {
        const schema = schemas.get(index) as Schema
        const whole = [...leavesOf(walkMessage(schema, framed(bytes), 5, all).body)]
        const damaged = framed(
          random.chance(0.5) ? bytes.subarray(0, random.below(bytes.length + 1)) : Buffer.concat([bytes, Buffer.from([0])]),
        )
        const { body, breakage } = walkMessage(schema, damaged, 5, all)
        const { body: short } = walkMessage(schema, damaged, 5, few)
        for (const one of [body, short]) expectPartition(one, 5, damaged.length)
        if (breakage === undefined) return false
        const before = [...leavesOf(body)].filter(({ role, from }) => role !== 'unread' && from < breakage.at)
        for (const [at, leaf] of before.filter(({ parts }) => parts.length === 0).entries())
          if (leaf.to <= breakage.at && whole[at]?.to !== leaf.to) throw new Error(`part ${at} ends at ${leaf.to}, not ${whole[at]?.to}`)
        return true
      },
      0.5,
    )
  })

  it('breaks where decode fails, with the same code: random damage', () => {
    holds(
      pairs,
      ({ index, bytes, random }) => {
        if (bytes.length === 0) return false
        const schema = schemas.get(index) as Schema
        const damaged = Buffer.from(bytes)
        damaged[random.below(bytes.length)] = random.below(256)
        const { body, breakage } = walkMessage(schema, damaged, 0, all)
        expectPartition(body, 0, damaged.length)
        const code = codeOf(() => resolveSchemas(schema, schema, choices).decode(damaged))
        const odd = [...leavesOf(body)].some(({ note }) => note?.includes('UTF-8') === true)
        if (odd) return true
        if (code === 'limit-exceeded' && breakage === undefined) return true
        expect(breakage?.code).toBe(code)
        return true
      },
      0.9,
    )
  })
})

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (isEvolveError(error)) return error.code
    throw error
  }
}

describe('where a message breaks', () => {
  const order = parseSchema({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'lines', type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] } } },
      { name: 'tags', type: { type: 'map', values: 'int' } },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW'] } },
      { name: 'note', type: ['null', 'string'] },
    ],
  })
  it.each<[string, string, number, string, string, string]>([
    ['nothing', '', 0, '/id', 'string', 'truncated'],
    ['a length without its text', '0a', 0, '/id', 'string', 'truncated'],
    ['a negative length', '01', 0, '/id', 'string', 'malformed-data'],
    ['an array that begins', '0261', 2, '/lines', 'number of items', 'truncated'],
    ['more items than bytes', '026108 0262', 2, '/lines', 'number of items', 'truncated'],
    ['a cut item', '0261 02 08', 3, '/lines/0/sku', 'string', 'truncated'],
    ['a cut second item', '0261 04 0262 08 00', 5, '/lines/1/sku', 'string', 'truncated'],
    ['a cut key', '0261 00 02 04 61', 4, '/tags/0', 'key of a map', 'truncated'],
    ['a cut value of a map', '0261 00 02 0261 80', 6, '/tags/a', 'int', 'truncated'],
    ['a symbol that is not there', '0261 00 00 02', 4, '/state', 'State', 'malformed-data'],
    ['a branch that is not there', '0261 00 00 00 04', 5, '/note', 'branch of null | string', 'malformed-data'],
    ['bytes behind it', '0261 00 00 00 00 0102', 6, '', 'end of the message', 'trailing-bytes'],
  ])('%s', (_name, hex, at, path, expected, code) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    const { body, breakage } = walkMessage(order, bytes, 0, all)
    expect(breakage).toMatchObject({ at, path, expected, code })
    expectPartition(body, 0, bytes.length)
  })

  it('notes a text that is not UTF-8, and reads on', () => {
    const { body, breakage } = walkMessage(order, Buffer.from('04c328 00 00 00 00'.replaceAll(' ', ''), 'hex'), 0, all)
    expect(breakage).toBeUndefined()
    expect(body.parts[0]?.parts[0]).toMatchObject({ value: Buffer.from('c328', 'hex'), note: expect.stringContaining('UTF-8') })
  })

  it('notes a block that states a wrong size', () => {
    const bytes = Buffer.from('0261 01 06 0262 00 00 00 00'.replaceAll(' ', ''), 'hex')
    const { body } = walkMessage(order, bytes, 0, all)
    expect(body.parts[0]?.parts[1]?.parts[0]?.note).toBe('states 3 bytes and has 2: readers that skip it will lose their place')
  })
})
