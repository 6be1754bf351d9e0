import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, isEvolveError } from '../errors.ts'
import { parseProtocol } from './protocol.ts'

const shop = {
  protocol: 'Shop',
  namespace: 'shop',
  doc: 'Orders.',
  types: [
    { type: 'enum', name: 'Status', symbols: ['OPEN', 'PAID'] },
    {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'status', type: 'Status', default: 'OPEN' },
      ],
    },
    { type: 'error', name: 'Refused', fields: [{ name: 'order', type: ['null', 'Order'] }] },
  ],
  messages: {
    place: {
      doc: 'Places an order.',
      request: [
        { name: 'order', type: 'Order' },
        { name: 'times', type: 'int', default: 1, aliases: ['count'] },
      ],
      response: 'shop.Order',
      errors: ['Refused'],
    },
    log: { request: [{ name: 'line', type: 'string' }], response: 'null', 'one-way': true },
  },
}

const message = (attributes: object): object => ({
  protocol: 'P',
  types: shop.types,
  messages: { m: { request: [], response: 'null', ...attributes } },
})

function problem(source: string | object): { code: ErrorCode; path: string | undefined } {
  try {
    parseProtocol(source)
  } catch (error) {
    if (isEvolveError(error)) return { code: error.code, path: error.path }
    throw error
  }
  throw new Error('the protocol was accepted')
}

describe('parseProtocol', () => {
  it('reads types and messages with one table of names', () => {
    const protocol = parseProtocol(shop)
    expect(protocol).toMatchObject({ name: 'shop.Shop', namespace: 'shop', doc: 'Orders.' })
    expect(Object.keys(protocol.types)).toEqual(['shop.Status', 'shop.Order', 'shop.Refused'])
    const { place, log } = protocol.messages
    expect(place).toMatchObject({ name: 'place', doc: 'Places an order.', oneWay: false })
    expect(place?.request.fields[0]?.type).toBe(protocol.types['shop.Order'])
    expect(place?.request.fields[1]).toMatchObject({ name: 'times', aliases: ['count'], default: { json: 1 } })
    expect(place?.response).toBe(protocol.types['shop.Order'])
    expect(place?.errors.branches).toEqual([{ kind: 'string' }, protocol.types['shop.Refused']])
    expect(protocol.types['shop.Refused']).toMatchObject({ kind: 'record', isError: true })
    expect(log).toMatchObject({ oneWay: true, response: { kind: 'null' }, errors: { branches: [{ kind: 'string' }] } })
  })

  it('freezes all that it makes', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(parseProtocol(shop))).toBe(true)
  })

  it('keeps the text character for character, and its MD5', () => {
    const text = JSON.stringify(shop, undefined, 1)
    const protocol = parseProtocol(text)
    expect(protocol.text).toBe(text)
    expect(protocol.md5).toBe(createHash('md5').update(text).digest('hex'))
    expect(parseProtocol(shop).text).toBe(JSON.stringify(shop))
  })

  it('takes a protocol with nothing in it, and one whose name has dots', () => {
    expect(parseProtocol({ protocol: 'P' })).toMatchObject({ name: 'P', namespace: '', types: {}, messages: {} })
    const protocol = parseProtocol({ protocol: 'a.b.P', namespace: 'c', types: [{ type: 'fixed', name: 'F', size: 1 }] })
    expect([protocol.name, protocol.namespace, Object.keys(protocol.types)]).toEqual(['a.b.P', 'a.b', ['a.b.F']])
  })

  it('takes types that a message defines, also a response of a one-way message left out', () => {
    const protocol = parseProtocol({
      protocol: 'P',
      messages: {
        a: {
          request: [{ name: 'x', type: { type: 'record', name: 'X', fields: [] } }],
          response: 'X',
          errors: [{ type: 'error', name: 'E', fields: [] }],
        },
        b: { request: [{ name: 'x', type: 'X' }], 'one-way': true },
      },
    })
    expect(Object.keys(protocol.types)).toEqual(['X', 'E'])
    expect(protocol.messages['b']?.response).toEqual({ kind: 'null' })
  })

  it('has no prototype where names are keys', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const each = names.map((name) => `"${name}": {"request": [{"name": "${name}", "type": "${name}"}], "response": "null"}`)
    const types = names.map((name) => ({ type: 'record', name, fields: [] }))
    const protocol = parseProtocol(`{"protocol": "P", "types": ${JSON.stringify(types)}, "messages": {${each}}}`)
    expect(Object.keys(protocol.messages)).toEqual(names)
    expect(names.map((name) => protocol.messages[name]?.request.name)).toEqual(names)
    expect(names.map((name) => protocol.types[name]?.kind)).toEqual(names.map(() => 'record'))
    expect(parseProtocol({ protocol: 'P' }).messages['constructor']).toBeUndefined()
  })

  it('drops defaults that do not fit, where told to', () => {
    const source = message({ request: [{ name: 'a', type: 'int', default: 'x' }] })
    expect(parseProtocol(source, { invalidDefaults: 'drop' }).messages['m']?.request.fields[0]).not.toHaveProperty('default')
    expect(problem(source)).toEqual({ code: 'invalid-schema', path: '/messages/m/request/0/default' })
  })

  const bad: readonly (readonly [string, string | object, string])[] = [
    ['text that is not JSON', '{"protocol":', ''],
    ['the text of a primitive type', 'string', ''],
    ['a list', [], ''],
    ['no name', { namespace: 'a' }, '/protocol'],
    ['a name that is none', { protocol: 'a-b' }, '/protocol'],
    ['a namespace that is no text', { protocol: 'P', namespace: 5 }, '/namespace'],
    ['a namespace that is no name', { protocol: 'P', namespace: 'a..b' }, '/protocol'],
    ['types that are no list', { protocol: 'P', types: {} }, '/types'],
    ['a type by name only', { protocol: 'P', types: ['string'] }, '/types/0'],
    ['a type without a name', { protocol: 'P', types: [{ type: 'array', items: 'int' }] }, '/types/0'],
    ['a union as a type', { protocol: 'P', types: [['null', 'int']] }, '/types/0'],
    ['a type defined twice', { protocol: 'P', types: [shop.types[0], { ...shop.types[0], note: 'differs' }] }, '/types/1/name'],
    ['a type used and not defined', { protocol: 'P', types: [shop.types[1]] }, '/types/0/fields/1/type'],
    [
      'a bad default in a type',
      { protocol: 'P', types: [{ type: 'record', name: 'R', fields: [{ name: 'a', type: 'int', default: '' }] }] },
      '/types/0/fields/0/default',
    ],
    ['messages that are no object', { protocol: 'P', messages: [] }, '/messages'],
    ['a message that is no object', { protocol: 'P', messages: { m: 'x' } }, '/messages/m'],
    ['the message name that is reserved', { protocol: 'P', messages: { '': { request: [], response: 'null' } } }, '/messages/'],
    ['a message name that is none', { protocol: 'P', messages: { 'a/b': { request: [], response: 'null' } } }, '/messages/a~1b'],
    ['no request', { protocol: 'P', messages: { m: { response: 'null' } } }, '/messages/m/request'],
    ['a request that is a record', message({ request: { type: 'record', name: 'R', fields: [] } }), '/messages/m/request'],
    [
      'two parameters of one name',
      message({
        request: [
          { name: 'a', type: 'int' },
          { name: 'a', type: 'int' },
        ],
      }),
      '/messages/m/request/1',
    ],
    ['a parameter of unknown type', message({ request: [{ name: 'a', type: 'Nil' }] }), '/messages/m/request/0/type'],
    ['a parameter without type', message({ request: [{ name: 'a' }] }), '/messages/m/request/0/type'],
    ['no response', { protocol: 'P', messages: { m: { request: [] } } }, '/messages/m'],
    ['a response of JSON null', message({ response: null }), '/messages/m/response'],
    ['a response of unknown type', message({ response: 'Nil' }), '/messages/m/response'],
    ['errors that are no list', message({ errors: 'Refused' }), '/messages/m/errors'],
    ['an unknown error', message({ errors: ['Nil'] }), '/messages/m/errors/0'],
    ['an error that is a record', message({ errors: ['Order'] }), '/messages/m/errors/0'],
    ['an error that is text', message({ errors: ['string'] }), '/messages/m/errors/0'],
    ['an error twice', message({ errors: ['Refused', 'Refused'] }), '/messages/m/errors/1'],
    ['one-way that is no boolean', message({ 'one-way': 'yes' }), '/messages/m/one-way'],
    ['a one-way message with a response', message({ 'one-way': true, response: 'int' }), '/messages/m/response'],
    ['a one-way message with errors', message({ 'one-way': true, errors: ['Refused'] }), '/messages/m/errors'],
  ]
  it.each(bad)('refuses %s', (_name, source, path) => {
    expect(problem(source)).toEqual({ code: 'invalid-schema', path })
  })

  it('has limits', () => {
    const deep = (levels: number): object => (levels === 0 ? { type: 'string' } : { type: 'array', items: deep(levels - 1) })
    expect(problem(message({ response: deep(101) }))).toEqual({
      code: 'limit-exceeded',
      path: `/messages/m/response${'/items'.repeat(101)}`,
    })
    expect(problem(' '.repeat(1_048_577)).code).toBe('limit-exceeded')
  })
})
