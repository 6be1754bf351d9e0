import { describe, expect, it } from 'vitest'
import { parseSchema } from '../schema/parse.ts'
import { checkSchemas } from './compatibility.ts'
import type { Incompatibility } from './incompatibility.ts'

type Json = string | object

const problems = (reader: Json, writer: Json): readonly Incompatibility[] =>
  checkSchemas(parseSchema(reader), parseSchema(writer)).incompatibilities

const record = (name: string, ...fields: object[]): object => ({ type: 'record', name, fields })
const field = (name: string, type: unknown, rest: object = {}): object => ({ name, type, ...rest })
const one = (type: unknown, rest: object = {}): object => record('R', field('f', type, rest))
const symbols = (all: string, rest: object = {}): object => one({ type: 'enum', name: 'E', symbols: [...all], ...rest })
const fixed = (size: number): object => one({ type: 'fixed', name: 'F', size })
const item = (name: string, ...fields: object[]): object => one(['null', record(name, ...fields)])
const a = field('a', 'int')
const b = field('b', 'string')
const list = (items: unknown): object => ({ type: 'array', items })

/** A schema that is new, beside one that others have; what is said to help; the new schema after that was done. */
type Cure = readonly [name: string, fresh: object, there: object, cure: string, cured: object]

const ofReaders: readonly Cure[] = [
  ['a field', record('R', a, b), record('R', a), 'give b a default', record('R', a, field('b', 'string', { default: '' }))],
  [
    'a field that was renamed',
    record('R', field('c', 'string')),
    record('R', b),
    'give c a default, or the alias b if it was called that',
    record('R', field('c', 'string', { aliases: ['b'] })),
  ],
  [
    'a record that was renamed',
    record('S', a),
    record('R', a),
    'add the alias R to S if it was called that, or leave the type at R',
    { ...record('S', a), aliases: ['R'] },
  ],
  [
    'a field that has another record',
    record('R', field('f', record('Side', a)), field('g', record('Spot', a))),
    record('R', field('f', record('Spot', a)), field('g', 'Spot')),
    'add the alias Spot to Side if it was called that, or leave the type at Spot',
    record('R', field('f', record('Spot', a)), field('g', 'Spot')),
  ],
  ['symbols', symbols('A'), symbols('ABC'), 'add a default symbol to the enum E, or B, C to its symbols', symbols('A', { default: 'A' })],
  ['a size', fixed(4), fixed(2), 'leave the size of F at 2: a fixed of another size is another type, with a name of its own', fixed(2)],
  ['a narrower number', one('int'), one('long'), "make the reader's type long, which takes int too", one('long')],
  [
    'a type',
    one('string'),
    one('int'),
    'leave the type at int, or let the reader take a union that has both; what is new goes into a field of its own',
    one(['string', 'int']),
  ],
  [
    'a type that was in a union',
    one('string'),
    one(['null', 'string']),
    'let the reader take null too: leave the type at the union of null, string',
    one(['null', 'string']),
  ],
  ['a branch', one(['null', 'int']), one('string'), 'add string to the union', one(['null', 'int', 'string'])],
  ['an empty union', one([]), one('string'), 'give the union the branch string: it is empty', one(['string'])],
  [
    'a record of a union that was renamed',
    item('New', a),
    item('Old', a),
    'add Old to the union, or the alias Old to New if it was called that',
    one(['null', { ...record('New', a), aliases: ['Old'] }]),
  ],
  [
    'a record of a union that went, like another one',
    one(['null', record('Start')]),
    one(['null', record('Start'), record('End')]),
    'add End to the union',
    one(['null', record('Start'), record('End')]),
  ],
  ['what is in a branch', item('I', a, b), item('I', a), 'give b a default', item('I', a, field('b', 'string', { default: '' }))],
  [
    'a type in a list of a branch',
    item('I', field('n', list('int'))),
    item('I', field('n', list('long'))),
    "in I.n[]: make the reader's type long, which takes int too",
    item('I', field('n', list('long'))),
  ],
  [
    'a list that is a branch itself',
    one(['null', list(['int'])]),
    one(['null', list(['int', 'string'])]),
    'in R.f[]: add string to the union',
    one(['null', list(['int', 'string'])]),
  ],
  [
    'a branch in a branch in a branch',
    item('I', field('j', ['null', record('J', field('k', ['null', 'int']))])),
    item('I', field('j', ['null', record('J', field('k', ['null', 'int', 'string']))])),
    'in J.k: add string to the union',
    item('I', field('j', ['null', record('J', field('k', ['null', 'int', 'string']))])),
  ],
]

const ofWriters: readonly Cure[] = [
  [
    'a field',
    record('R', a),
    record('R', a, b),
    'keep the field b until every reader has a default for it; an alias helps new readers only',
    record('R', a, b),
  ],
  [
    'a field of an enum that has a default',
    record('R', a),
    record('R', a, field('e', { type: 'enum', name: 'E', symbols: ['A'], default: 'A' })),
    'keep the field e until every reader has a default for it; an alias helps new readers only',
    record('R', a, field('e', { type: 'enum', name: 'E', symbols: ['A'] })),
  ],
  ['a name', record('S', a), record('R', a), 'keep the name R, or the type that has it', record('R', a)],
  ['symbols', symbols('ABC'), symbols('A'), 'leave B, C out until every reader knows them, or has a default symbol', symbols('A')],
  ['a symbol', symbols('AB'), symbols('A'), 'leave B out until every reader knows it, or has a default symbol', symbols('A')],
  ['a size', fixed(4), fixed(2), 'keep the size of F at 2: a fixed of another size is another type, with a name of its own', fixed(2)],
  ['a type', one('string'), one('int'), 'keep the type int: what is new goes into a field of its own', one('int')],
  [
    'a type that becomes a union',
    one(['null', 'int']),
    one('int'),
    'keep the type int: what is new goes into a field of its own',
    one('int'),
  ],
  [
    'a union that becomes another type',
    one('string'),
    one(['null', 'int']),
    "keep a type that the reader's union has (null, int): what is new goes into a field of its own",
    one('int'),
  ],
  [
    'a branch',
    one(['null', 'int', 'string']),
    one(['null', 'int']),
    'leave the branch string out until every reader has it',
    one(['null', 'int']),
  ],
  [
    'what is in a branch',
    item('I', field('n', 'string')),
    item('I', field('n', 'int')),
    'in I.n: keep the type int: what is new goes into a field of its own',
    item('I', field('n', 'int')),
  ],
]

describe('what is said to help', () => {
  it.each(ofReaders)('new readers: %s', (_name, fresh, there, cure, cured) => {
    expect(problems(fresh, there).map(({ hint }) => hint)).toEqual([cure])
    expect(problems(cured, there)).toEqual([])
  })

  it.each(ofWriters)('old readers: %s', (_name, fresh, there, cure, cured) => {
    expect(problems(there, fresh).map(({ writerHint }) => writerHint)).toEqual([cure])
    expect(problems(there, cured)).toEqual([])
  })

  it('takes no other record for the one that is meant', () => {
    const many = one(['null', record('X', a), record('Y', a)])
    expect(problems(many, item('Old', a))[0]?.hint).toBe('add Old to the union')
  })

  it('ends, where a branch contains itself', () => {
    const node = (type: string): object => record('Node', field('next', ['null', 'Node']), field('v', type))
    const found = problems(one(['null', node('int')]), one(['null', node('string')]))
    expect(found.map(({ hint }) => hint)).toEqual([
      'in Node.v: leave the type at string, or let the reader take a union that has both; what is new goes into a field of its own',
    ])
  })
})
