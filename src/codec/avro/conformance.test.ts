import { attach, avro, carry, detach, discard } from '../../avro.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { Codec, Definition } from '../codec.ts'
import { describeCodec } from '../conformance/describe-codec.test-support.ts'
import type { CodecKit } from '../conformance/kit.test-support.ts'
import { avroCodec } from './codec.ts'
import type { AvroResolution } from './resolution.ts'

type Field = readonly [name: string, type: unknown, more?: object]

const record = (name: string, ...fields: readonly Field[]): object => ({
  type: 'record',
  name,
  fields: fields.map(([field, type, more]) => ({ name: field, type, ...more })),
})
const define = (schema: object): Definition => avro(JSON.stringify(schema))

const [id, count, note]: readonly [Field, Field, Field] = [
  ['id', 'string'],
  ['count', 'int'],
  ['note', 'string'],
]
const flat = (...fields: readonly Field[]): Definition => define(record('Flat', ...fields))

const orderOf = (vip: readonly Field[], gift: readonly Field[], points: readonly Field[]): Definition =>
  define(
    record(
      'Order',
      id,
      ['customer', record('Customer', ['name', 'string'], ...vip)],
      ['items', { type: 'array', items: record('Item', ['sku', 'string'], ['qty', 'int'], ...gift) }],
      ['shelf', { type: 'map', values: 'Item' }],
      ...points,
    ),
  )
const ticketOf = (...symbols: readonly string[]): Definition =>
  define(
    record(
      'Ticket',
      id,
      ['state', { type: 'enum', name: 'State', symbols, default: 'NEW' }],
      ['states', { type: 'array', items: 'State' }],
    ),
  )
const paidOf = (pin: readonly Field[], coins: readonly Field[]): Definition =>
  define(record('Paid', id, ['by', [record('Card', ['owner', 'string'], ...pin), record('Cash', ['sum', 'int'], ...coins)]]))

const kit: Omit<CodecKit, 'codec'> = {
  lacks: {},
  flat: { newer: flat(id, count, note, ['flag', 'boolean']), older: flat(id, count), second: flat(id, note) },
  order: {
    newer: orderOf([['vip', 'boolean']], [['gift', 'string']], [['points', 'long']]),
    older: orderOf([], [], []),
    other: orderOf([], [], [['points', 'long']]),
  },
  ticket: { newer: ticketOf('NEW', 'PAID', 'REFUNDED'), older: ticketOf('NEW', 'PAID') },
  paid: {
    newer: paidOf([['pin', 'string']], [['coins', 'string']]),
    older: paidOf([], []),
    card: (fields) => ({ Card: fields }),
    cash: (fields) => ({ Cash: fields }),
  },
  renamed: { newer: flat(id, count), older: flat(id, ['amount', 'int', { aliases: ['count'] }]) },
  widened: { newer: flat(id, count), older: flat(id, ['count', 'long']) },
  diverged: { newer: flat(id, count, note), older: flat(id, count, ['memo', 'string', { default: '' }]) },
  byHand: { carry, discard, detach, attach: (reader, value, detached) => attach(reader as ReturnType<typeof avro>, value, detached) },
}

const compiled: Codec = {
  ...(avroCodec as Codec),
  parse: (text) => parseSchema(text),
  resolve(writer, reader) {
    const resolution = avroCodec.resolve(writer as never, reader) as AvroResolution
    resolution.warmUp()
    return resolution as never
  },
}

describeCodec('Avro', { ...kit, codec: avroCodec as Codec })
describeCodec('Avro, compiled', { ...kit, codec: compiled })
