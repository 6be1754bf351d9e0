import { unqualified } from '../../../schema/names.ts'
import type { RecordSchema } from '../../../schema/types.ts'
import { listed } from '../diff/words.ts'
import type { Complaint, LintRule } from './rule.ts'

/** Names that every implementation takes (Apache Avro 1.12, "Names"). */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/

const spellings = [
  ['snake_case', /^[a-z0-9]+(_[a-z0-9]+)+$/],
  ['camelCase', /^[a-z0-9]+([A-Z][a-z0-9]*)+$/],
  ['PascalCase', /^[A-Z]/],
] as const

/** Rules about names. */
export const nameRules: readonly LintRule[] = [
  {
    id: 'name-characters',
    severity: 'warning',
    text: 'Names of letters, digits and _ alone are read by every implementation of Avro.',
    named: ({ name }) => (name.split('.').every((part) => PLAIN.test(part)) ? undefined : foreign(name, 'name')),
    field: ({ name }) => (PLAIN.test(name) ? undefined : foreign(name, 'name')),
    enum: ({ symbols }) => {
      const odd = symbols.find((symbol) => !PLAIN.test(symbol))
      return odd === undefined ? undefined : foreign(odd, 'symbols')
    },
  },
  {
    id: 'name-spelling',
    severity: 'warning',
    text: 'The fields of a record are spelled in one way.',
    record: spelling,
  },
  {
    id: 'type-spelling',
    severity: 'note',
    text: 'Names of types begin with a capital.',
    named: ({ name }) =>
      /^[a-z]/.test(unqualified(name))
        ? {
            message: `the type ${unqualified(name)} begins with a small letter`,
            cure: 'begin it with a capital, with the old name as an alias',
            part: 'name',
          }
        : undefined,
  },
  {
    id: 'namespace',
    severity: 'warning',
    text: 'A type in a namespace cannot be taken for one of the same name from elsewhere.',
    named: ({ name }, isRoot) =>
      isRoot && !name.includes('.')
        ? {
            message: `${name} has no namespace`,
            cure: 'give it one before it is registered: afterwards that is another name',
            part: 'name',
          }
        : undefined,
  },
  {
    id: 'alias-taken',
    severity: 'warning',
    text: 'An alias that is also the name of another field is never used.',
    field: ({ name, aliases }, record) => {
      const taken = aliases.find((alias) => alias !== name && record.fields.some((other) => other.name === alias))
      return taken === undefined
        ? undefined
        : { message: `the alias ${taken} of ${name} is the name of another field`, cure: `take the alias ${taken} away`, part: 'aliases' }
    },
  },
]

function foreign(name: string, part: string): Complaint {
  return { message: `${name} has characters that not every implementation of Avro takes`, cure: 'use letters, digits and _ only', part }
}

/** The fields that are spelled otherwise than most. Names of one small word fit any way. */
function spelling({ fields }: RecordSchema): (Complaint & { readonly field: string })[] {
  const found = fields.flatMap(({ name }) => spellings.filter(([, pattern]) => pattern.test(name)).map(([how]) => ({ name, how })))
  const [most, ...others] = spellings
    .map(([how]) => ({ how, names: found.filter((one) => one.how === how).map(({ name }) => name) }))
    .sort((a, b) => b.names.length - a.names.length)
  if (most === undefined || most.names.length === 0) return []
  return others.flatMap(({ how, names }) =>
    names.map((name) => ({
      field: name,
      message: `${name} is ${how}, and ${listed(most.names)} ${most.names.length === 1 ? 'is' : 'are'} ${most.how}`,
      cure: `spell it in ${most.how}, with ${name} as an alias`,
      part: 'name',
    })),
  )
}
