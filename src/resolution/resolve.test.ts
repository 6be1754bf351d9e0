import { describe, expect, it } from 'vitest'
import { parseSchema } from '../schema/parse.ts'
import type { Plan, RecordPlan } from './plan.ts'
import { type PlanDivergence, readerCoversWriter, relate } from './relate.ts'
import { standardRepresentation } from './representation.ts'
import { resolvePlan } from './resolve.ts'

type Json = string | object

function plan(writer: Json, reader: Json): Plan {
  const parse = (json: Json): ReturnType<typeof parseSchema> => parseSchema(typeof json === 'string' ? JSON.stringify(json) : json)
  return resolvePlan(parse(writer), parse(reader), standardRepresentation)
}

const record = (...fields: readonly (readonly [name: string, type: unknown, rest?: object])[]): object => ({
  type: 'record',
  name: 'R',
  fields: fields.map(([name, type, rest]) => ({ name, type, ...rest })),
})

describe('resolvePlan', () => {
  it('gives each field of the writer a step: what is read, what is skipped, what is added', () => {
    const found = plan(
      record(['a', 'int'], ['x', 'string'], ['y', 'int'], ['b', 'int'], ['z', 'int']),
      record(['b', 'long'], ['a', 'int'], ['c', 'int', { default: 1 }]),
    ) as RecordPlan
    expect(found.steps.map((step) => [step.kind, step.field.name, step.slot])).toEqual([
      ['read', 'a', -1],
      ['skip', 'x', 0],
      ['skip', 'y', 0],
      ['read', 'b', -1],
      ['skip', 'z', 1],
    ])
    expect(found.added.map(({ field, index, problem }) => [field.name, index, problem])).toEqual([['c', 2, undefined]])
    expect(found.slots).toBe(2)
  })

  it('finds a field by an alias, unless another field has that name', () => {
    const renamed = plan(record(['old', 'int']), record(['new', 'int', { aliases: ['old'] }])) as RecordPlan
    expect(renamed.steps[0]).toMatchObject({ kind: 'read', target: { name: 'new' } })
    const both = plan(record(['a', 'int']), record(['b', 'int', { aliases: ['a'], default: 0 }], ['a', 'int'])) as RecordPlan
    expect(both.steps[0]).toMatchObject({ kind: 'read', target: { name: 'a' } })
  })

  it('takes the exact branch of a union before one that promotes', () => {
    expect(plan('int', ['long', 'int'])).toMatchObject({ kind: 'reader-union', index: 1 })
    expect(plan('int', ['string', 'double'])).toMatchObject({ kind: 'reader-union', index: 1 })
    expect(plan(['null', 'string', 'bytes'], ['null', 'string', 'bytes'])).toMatchObject({ sources: [[0], [1], [2]], collapses: false })
  })

  it('makes what cannot be read a node, and reads the rest', () => {
    expect(plan(['int', 'string'], 'int')).toMatchObject({
      kind: 'writer-union',
      branches: [{ kind: 'leaf' }, { kind: 'unreadable', incompatibility: 'TYPE_MISMATCH' }],
    })
  })

  const unreadable: readonly (readonly [Json, Json, string])[] = [
    ['string', 'int', 'TYPE_MISMATCH'],
    ['long', 'int', 'TYPE_MISMATCH'],
    ['int', ['null', 'string'], 'MISSING_UNION_BRANCH'],
    [{ type: 'fixed', name: 'F', size: 2 }, { type: 'fixed', name: 'F', size: 3 }, 'FIXED_SIZE_MISMATCH'],
    [{ type: 'fixed', name: 'F', size: 2 }, { type: 'fixed', name: 'G', size: 2 }, 'NAME_MISMATCH'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, { type: 'enum', name: 'X', symbols: ['A'] }, 'NAME_MISMATCH'],
  ]
  it.each(unreadable)('%j as %j is unreadable', (writer, reader, incompatibility) => {
    expect(plan(writer, reader)).toMatchObject({ kind: 'unreadable', incompatibility })
  })

  it('has one node for a record inside itself', () => {
    const list = record(['next', ['null', 'R']])
    const found = plan(list, list) as RecordPlan
    const [step] = found.steps
    const inner = step?.kind === 'read' && step.plan.kind === 'writer-union' ? step.plan.branches[1] : undefined
    expect(inner).toMatchObject({ kind: 'reader-union' })
    expect(inner?.kind === 'reader-union' && inner.branch).toBe(found)
  })
})

describe('records of other names', () => {
  const named = (name: string, ...fields: readonly (readonly [name: string, type: unknown, rest?: object])[]): object => ({
    ...record(...fields),
    name,
  })

  it('are read by their fields, and marked', () => {
    expect(plan(named('topLevelRecord', ['a', 'int']), named('ztf.alert', ['a', 'int']))).toMatchObject({ kind: 'record', misnamed: true })
    expect(plan(named('a.v7_0.X'), named('a.v7_1.X'))).not.toHaveProperty('misnamed')
  })

  const x = named('a.v0.X', ['p', 'int'])
  const branches: readonly (readonly [string, Json[], number])[] = [
    ['of the full name, though another takes its fields', ['null', named('b.Y', ['p', 'int']), named('a.v0.X', ['q', 'int'])], 2],
    ['of the unqualified name', ['null', named('b.Y', ['p', 'int']), named('a.v1.X', ['p', 'long'])], 2],
    [
      'that takes its fields, where the one of the unqualified name does not',
      [named('a.v1.X', ['q', 'int']), named('b.Y', ['p', 'int'])],
      1,
    ],
    ['that takes its fields, of several the first', ['null', named('b.Y'), named('b.Z', ['p', 'int'])], 1],
    ['of the unqualified name, the last of two', [named('a.v1.X'), named('a.v2.X')], 1],
  ]
  it.each(branches)('in a union the record %s is taken', (_name, union, index) => {
    expect(plan(x, union)).toMatchObject({ kind: 'reader-union', index })
  })

  it('in a union a name goes before an alias, and the place counts where namespaces alone differ', () => {
    const aliased = { ...named('b.Y', ['p', 'int']), aliases: ['a.v0.X'] }
    expect(plan(x, [aliased, x])).toMatchObject({ index: 1 })
    expect(plan(x, [aliased, 'null'])).toMatchObject({ index: 0 })
    const fixed = (name: string): object => ({ type: 'fixed', name, size: 1 })
    const both = plan([fixed('a.v0.F'), fixed('b.v0.F')], [fixed('a.v1.F'), fixed('b.v1.F')])
    expect(both).toMatchObject({ sources: [[0], [1]], collapses: false })
  })

  it('in a union none is taken that does not take the fields', () => {
    expect(plan(x, ['null', named('b.Y', ['p', 'string'])])).toMatchObject({ incompatibility: 'MISSING_UNION_BRANCH' })
    expect(plan(x, ['null', named('b.Y', ['q', 'int'])])).toMatchObject({ incompatibility: 'MISSING_UNION_BRANCH' })
  })
})

describe('schemas made to cost much', () => {
  const chain = (length: number, prefix: string, links: number): object[] =>
    Array.from({ length }, (_, at) =>
      at === 0
        ? { type: 'record', name: `${prefix}0`, fields: [] }
        : {
            type: 'record',
            name: `${prefix}${at}`,
            fields: Array.from({ length: links }, (_each, link) => ({
              name: `f${link}`,
              type: ['null', `${prefix}${at - 1}`],
              default: null,
            })),
          },
    )

  it('plans each pair of records once, however often and however deep they refer to each other', () => {
    const found = plan(chain(3000, 'R', 2), chain(3000, 'R', 2))
    expect(relate(found).relation).toBe('identical')
  })

  it('stops where records meet too many others', () => {
    const ring = (length: number, prefix: string): object => ({
      type: 'record',
      name: `${prefix}0`,
      fields: [
        ...chain(length, prefix, 1)
          .slice(1)
          .map((each, index) => ({ name: `d${index}`, type: ['null', each], default: null })),
        { name: 'f0', type: ['null', `${prefix}${length - 1}`], default: null },
      ],
    })
    expect(plan(ring(400, 'R'), ring(401, 'S'))).toMatchObject({ kind: 'record' })
  })

  it('does not look through all symbols and fields for each', () => {
    const symbols = Array.from({ length: 40_000 }, (_, index) => `S${index}`)
    const big = { type: 'enum', name: 'E', symbols }
    expect(relate(plan(big, { ...big, symbols: symbols.toReversed() })).divergences).toEqual([])
    const wide = record(...symbols.slice(0, 10_000).map((symbol) => [symbol, 'int', { aliases: [`${symbol}_`] }] as const))
    const renamed = record(...symbols.slice(0, 10_000).map((symbol) => [`${symbol}_`, 'int'] as const))
    expect(relate(plan(renamed, wide)).divergences).toHaveLength(10_000)
  })
})

describe('a union of thousands of records that the other union has under other names', () => {
  const union = (prefix: string, field: string): object[] =>
    Array.from({ length: 3000 }, (_, index) => ({ type: 'record', name: prefix + index, fields: [{ name: field, type: 'int' }] }))

  it('is planned without a plan for each two of them', () => {
    const found = plan(union('A', 'f'), union('B', 'f'))
    expect(found).toMatchObject({ kind: 'writer-union' })
    expect((found as Extract<Plan, { kind: 'writer-union' }>).branches[0]).toMatchObject({ kind: 'reader-union', index: 0 })
  })

  it('is named in a sentence that can be read', () => {
    const found = plan(union('A', 'f'), union('B', 'g')) as Extract<Plan, { kind: 'writer-union' }>
    expect(found.branches[2999]).toMatchObject({ kind: 'unreadable', problem: expect.stringMatching(/B19 and 2980 more$/) })
  })
})

describe('relate', () => {
  const enumOf = (symbols: string[], fallback?: string): object => ({
    type: 'enum',
    name: 'E',
    symbols,
    ...(fallback === undefined ? {} : { default: fallback }),
  })
  const cases: readonly (readonly [string, Json, Json, string, PlanDivergence['kind'][], boolean])[] = [
    ['the same', record(['a', 'int']), record(['a', 'int']), 'identical', [], true],
    [
      'a field that only the writer has',
      record(['a', 'int'], ['b', 'int']),
      record(['a', 'int']),
      'writer-superset',
      ['writer-only'],
      false,
    ],
    [
      'a field that only the reader has',
      record(['a', 'int']),
      record(['a', 'int'], ['b', 'int', { default: 0 }]),
      'reader-superset',
      ['reader-only'],
      true,
    ],
    ['one of each', record(['a', 'int']), record(['b', 'int', { default: 0 }]), 'diverged', ['writer-only', 'reader-only'], false],
    ['a rename', record(['a', 'int']), record(['b', 'int', { aliases: ['a'] }]), 'writer-superset', ['renamed'], false],
    ['another name', record(['a', 'int']), { ...record(['a', 'int']), name: 'S' }, 'writer-superset', ['renamed'], false],
    ['a promotion', record(['a', 'int']), record(['a', 'long']), 'reader-superset', ['promoted'], false],
    ['another order', record(['a', 'int'], ['b', 'int']), record(['b', 'int'], ['a', 'int']), 'reader-superset', ['reordered'], true],
    ['a symbol that the reader shows as its default', enumOf(['A', 'B']), enumOf(['A'], 'A'), 'writer-superset', ['collapsed'], false],
    ['a symbol that only the reader has', enumOf(['A']), enumOf(['A', 'B']), 'reader-superset', ['reader-only'], false],
    ['a reader that requires what the writer may leave out', ['null', 'int'], 'int', 'reader-superset', ['unreadable'], true],
    ['a missing default', record(), record(['a', 'int']), 'incompatible', ['unreadable'], false],
    ['other types', 'string', 'int', 'incompatible', ['unreadable'], false],
  ]
  it.each(cases)('%s', (_name, writer, reader, relation, kinds, covered) => {
    const there = relate(plan(writer, reader))
    expect([there.relation, there.divergences.map(({ kind }) => kind)]).toEqual([relation, kinds])
    expect(readerCoversWriter(there, () => relate(plan(reader, writer)))).toBe(covered)
  })
})
