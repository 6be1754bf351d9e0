import type { WriterUnionPlan } from '../../../resolution/plan.ts'
import { lookOf, unionForm } from '../../../resolution/representation.ts'
import type { Schema } from '../../../schema/types.ts'
import type { Pair } from '../pair.ts'
import { branchPlan, preferred } from '../write-union.ts'
import { quote } from './source.ts'
import type { WriterText } from './writer-text.ts'

/** Adds what writes a value into the writer's union: the branch that it looks like. */
export function unionText(text: WriterText, plan: WriterUnionPlan, value: string, depth: number): void {
  const { pair, source } = text
  if (hasCustom(pair, plan.reader)) return source.line('throw BAIL;')
  const form = plan.reader.kind === 'union' ? unionForm(plan.reader, pair.representation) : undefined
  const inner = source.let('w', value)
  const name = form?.wrapped === true ? source.let('b', `${value} === null ? 'null' : ONLY(${value})`) : undefined
  if (name !== undefined) source.line(`if (${value} !== null) ${inner} = OWN(${value}, ${name});`)
  for (const [index, candidates] of plan.sources.entries()) {
    const branch = plan.reader.kind === 'union' ? (plan.reader.branches[index] as Schema) : plan.reader
    const test =
      plan.reader.kind !== 'union'
        ? 'true'
        : name === undefined
          ? looksText(pair, branch, value)
          : `${name} === ${quote(form?.names[index] as string)}`
    source.line(`${index > 0 ? 'else ' : ''}if (${test}) {`)
    branchText(text, plan, candidates, inner, depth)
    source.line('}')
  }
  source.line(plan.sources.length > 0 ? 'else throw BAIL;' : 'throw BAIL;')
}

/**
 * Of the writer's branches that may say a value, the one that a record came from, or the likeliest. Where that cannot say it,
 * finding another is left to walking.
 */
function branchText(text: WriterText, plan: WriterUnionPlan, candidates: readonly number[], value: string, depth: number): void {
  const { source } = text
  const [likeliest, ...others] = preferred(plan, candidates, undefined)
  // Beyond 63 an index takes two bytes, which is rare.
  if (likeliest === undefined || candidates.some((index) => index > 63)) return source.line('throw BAIL;')
  const write = (index: number): void => {
    source.line(`B[p++] = ${index * 2};`)
    text.write(branchPlan(plan, index), value, depth)
  }
  if (!candidates.some((index) => branchPlan(plan, index).kind === 'record') || others.length === 0) return write(likeliest)
  const from = source.let('c', `${value}[UF]?.plan`)
  for (const index of [likeliest, ...others]) {
    const test = `${from} === ${source.constant(branchPlan(plan, index))}`
    source.line(index === likeliest ? `if (${from} === undefined || ${test}) {` : `else if (${test}) {`)
    write(index)
    source.line('}')
  }
  source.line('else throw BAIL;')
}

/** Whether a union has values that only functions of the application can tell: left to walking. */
export function hasCustom({ representation: { custom } }: Pair, reader: Schema): boolean {
  return custom !== undefined && reader.kind === 'union' && reader.branches.some((branch) => custom.bind(branch) !== undefined)
}

/** What tells whether a value is one of a branch. */
export function looksText({ representation }: Pair, branch: Schema, value: string): string {
  const look = lookOf(branch, representation)
  switch (look) {
    case 'null':
      return `${value} === null`
    case 'boolean':
    case 'string':
      return `typeof ${value} === '${look}'`
    case 'number':
      return `typeof ${value} === 'number' || typeof ${value} === 'bigint'`
    case 'bytes':
      return `${value} instanceof Uint8Array`
    case 'date':
      return `${value} instanceof Date`
    case 'array':
      return `Array.isArray(${value})`
    case 'object':
      return `PLAIN(${value})`
  }
}
