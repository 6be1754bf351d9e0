import { parseSchema } from '../../../avro.ts'
import type { Schema } from '../../../schema/types.ts'

/** A pair of schemas and messages of the writer's, in hexadecimal, good and bad. */
export interface CompiledCase {
  readonly name: string
  readonly writer: Schema
  readonly reader: Schema
  readonly messages: readonly string[]
}

const record = (fields: readonly object[], name = 'R'): object => ({ type: 'record', name, fields })
const symbols = (...names: string[]): object => ({ type: 'enum', name: 'E', symbols: names, default: names[0] })
const a = { name: 'a', type: 'int' }
const b = { name: 'b', type: 'string', default: 'none' }
const tree = record([
  { name: 'leaves', type: { type: 'array', items: 'R' } },
  { name: 'weight', type: 'double', default: 1 },
])

const of = (name: string, writer: object | string, reader: object | string, ...messages: string[]): CompiledCase => ({
  name,
  writer: parseSchema(writer),
  reader: parseSchema(reader),
  messages,
})

/** What is compiled, each with what is ordinary and what is not: read by compiled code and by walking, where code may be made and where not. */
export const compiledCases: readonly CompiledCase[] = [
  of('flat', record([a, b]), record([a, b]), '02026a', '02', '0203', '0202ff', 'ffffffff0f00', 'ffffffff1f00', '02026a00'),
  of('a field that the reader does not know', record([a, b]), record([a]), '02026a', '0202', 'ffffffffff0f00'),
  of('a field that the writer does not know', record([a]), record([a, b]), '02', ''),
  of(
    'an enum with a symbol of the writer',
    record([{ name: 'e', type: symbols('x', 'y') }]),
    record([{ name: 'e', type: symbols('x') }]),
    '00',
    '02',
    '04',
    '01',
  ),
  of(
    'an array as root, in which symbols collapse',
    { type: 'array', items: symbols('x', 'y') },
    { type: 'array', items: symbols('x') },
    '00',
    '0400020000',
    '04000200',
    '03040002',
    '0304000200',
  ),
  of(
    'a map as root, in which branches collapse',
    { type: 'map', values: ['int', 'long'] },
    { type: 'map', values: 'long' },
    '00',
    '0402610002026202040000',
    '02026104',
  ),
  of(
    'a union as root',
    ['null', { type: 'array', items: symbols('x', 'y') }],
    ['null', { type: 'array', items: symbols('x') }],
    '00',
    '020402000000',
    '0204020000',
    '04',
  ),
  of(
    'int or long as long',
    record([{ name: 'n', type: ['int', 'long'] }]),
    record([{ name: 'n', type: 'long' }]),
    '0002',
    '0202',
    '02ffffffffffffffffff01',
    '0402',
  ),
  of(
    'null, int or long as null or long',
    record([{ name: 'n', type: ['null', 'int', 'long'] }]),
    record([{ name: 'n', type: ['null', 'long'] }]),
    '00',
    '0202',
    '0402',
  ),
  of(
    'two records as one',
    { type: 'array', items: [record([a, b], 'p.R'), record([b, a], 'q.R')] },
    { type: 'array', items: record([a], 'R') },
    '040002026102000800',
    '00',
    '020202',
  ),
  of('recursion', tree, tree, '00000000000000f03f', '0200000000000000f03f00000000000000f03f', '02000000'),
  of(
    'bytes, fixed and floats',
    record([
      { name: 'x', type: ['null', 'bytes'] },
      { name: 'f', type: { type: 'fixed', name: 'F', size: 3 } },
      { name: 'g', type: 'float' },
    ]),
    record([
      { name: 'x', type: ['null', 'bytes'] },
      { name: 'g', type: 'float' },
    ]),
    '00010203000080bf',
    '020401020102030000c07f',
    '02060102010203',
  ),
]
