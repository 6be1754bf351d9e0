import { checkSchemas } from '../../../resolution/compatibility.ts'
import { nameOf } from '../../../schema/default.ts'
import { remember } from '../../../schema/remember.ts'
import type { RecordSchema, Schema, UnionSchema } from '../../../schema/types.ts'
import { listed } from '../diff/words.ts'
import type { LintRule } from './rule.ts'

const hasNull = (type: Schema): type is UnionSchema => type.kind === 'union' && type.branches.some(({ kind }) => kind === 'null')
/** What tells one thing from another is never taken away. */
const isIdentity = (name: string): boolean => /^(id|key|uuid)$|(_id|Id|ID|_key|Key)$/.test(name)

/** Rules about what a schema can become. */
export const growthRules: readonly LintRule[] = [
  {
    id: 'enum-default',
    severity: 'warning',
    text: 'An enum with a default can be given symbols while old readers are out there.',
    enum: ({ name, default: fallback }) =>
      fallback === undefined
        ? {
            message: `the enum ${name} has no default: old readers fail on every symbol that comes later`,
            cure: 'add a symbol such as UNKNOWN, and name it as the default',
            part: 'symbols',
          }
        : undefined,
  },
  {
    id: 'optional-default',
    severity: 'warning',
    text: 'A field that may be null has a default, so that it can come and go.',
    field: ({ name, type, default: fallback }) =>
      hasNull(type) && fallback === undefined
        ? {
            message: `${name} may be null and has no default`,
            cure: type.branches[0]?.kind === 'null' ? 'give it "default": null' : 'put null first and give it "default": null',
            part: 'type',
          }
        : undefined,
  },
  {
    id: 'field-default',
    severity: 'note',
    text: 'A field with a default can be taken away while old readers are out there.',
    field: ({ name, type, default: fallback }) =>
      fallback === undefined && !hasNull(type) && !isIdentity(name)
        ? {
            message: `${name} has no default: it can never be taken away while readers of this version are out there`,
            cure: 'give it a default, unless a message without it makes no sense',
            part: 'name',
          }
        : undefined,
  },
  {
    id: 'union-growth',
    severity: 'note',
    text: 'A union of several types cannot be given another one while old readers are out there.',
    type: (type) => {
      if (type.kind !== 'union') return undefined
      const branches = type.branches.filter(({ kind }) => kind !== 'null')
      if (branches.length < 2) return undefined
      return {
        message: `the union of ${listed(branches.map(nameOf))} cannot grow: old readers fail on a branch that comes later`,
        cure: 'a record with an optional field for each can grow',
        part: 'type',
      }
    },
  },
  {
    id: 'union-ambiguous',
    severity: 'warning',
    text: 'Two records of a union that take each other’s values cannot be told apart by their values.',
    type: (type) => {
      if (type.kind !== 'union') return undefined
      const pair = alike(type.branches.filter((branch) => branch.kind === 'record'))
      return pair === undefined
        ? undefined
        : {
            message: `${pair[0].name} and ${pair[1].name} have the same fields: a value does not say which of them it is`,
            cure: "give them fields of different names, or wrap unions (unions: 'wrapped')",
            part: 'type',
          }
    },
  },
]

/** Pairs that are compared in one union. */
const maxPairs = 200

/** The first two records whose values look the same. Only those with fields of the same names are compared. */
function alike(records: readonly RecordSchema[]): readonly [RecordSchema, RecordSchema] | undefined {
  const groups = new Map<string, RecordSchema[]>()
  for (const record of records) {
    const names = JSON.stringify(record.fields.map(({ name }) => name).sort())
    remember(groups, names, () => []).push(record)
  }
  let compared = 0
  for (const group of groups.values())
    for (const [index, one] of group.entries())
      for (const other of group.slice(index + 1, index + 1 + maxPairs)) {
        if (haveSameFields(one, other)) return [one, other]
        compared += 1
        if (compared >= maxPairs) return undefined
      }
  return undefined
}

function haveSameFields({ fields }: RecordSchema, other: RecordSchema): boolean {
  return fields.every((field) => {
    const found = other.fields.find(({ name }) => name === field.name)
    return found !== undefined && found.type.kind === field.type.kind && checkSchemas(found.type, field.type).compatible
  })
}
