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
    [record(), { type: 'record', name: 'S', fields: [] }, 'NAME_MISMATCH'],
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
