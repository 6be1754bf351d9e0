import type { Schema } from '../../../schema/types.ts'
import type { LintRule } from './rule.ts'

/** Logical types of the specification; another name is one of the application's own. */
const standard = new Set([
  'decimal',
  'big-decimal',
  'uuid',
  'date',
  'duration',
  'time-millis',
  'time-micros',
  'timestamp-millis',
  'timestamp-micros',
  'timestamp-nanos',
  'local-timestamp-millis',
  'local-timestamp-micros',
  'local-timestamp-nanos',
])

const TIME = /(^|_)(timestamp|time|date|created|updated)$|(At|Time|Date|Timestamp|_at|_ts)$/
const MONEY = /(^|_)(price|amount|total|cost|fee|balance)$|(Price|Amount|Total|Cost|Fee|Balance)$/

/** The type of a field, or of what it may be besides null. */
function withoutNull(type: Schema): Schema {
  if (type.kind !== 'union') return type
  const [only, ...more] = type.branches.filter(({ kind }) => kind !== 'null')
  return only === undefined || more.length > 0 ? type : only
}

/** Above these a schema is a burden for every service that loads it. */
const [maxCharacters, maxFields] = [65_536, 500]

/** Rules about what values mean, and about documentation and size. */
export const meaningRules: readonly LintRule[] = [
  {
    id: 'logical-type',
    severity: 'note',
    text: 'A number that is a time says which unit it is in.',
    field: ({ name, type }) => {
      const own = withoutNull(type)
      if (own.kind !== 'long' || own.annotation !== undefined || !TIME.test(name)) return undefined
      return {
        message: `${name} looks like a time, and its type does not say which unit it is in`,
        cure: 'give the type "logicalType": "timestamp-millis", or what it is',
        part: 'type',
      }
    },
  },
  {
    id: 'money-type',
    severity: 'warning',
    text: 'Amounts of money are no binary fractions.',
    field: ({ name, type }) => {
      const own = withoutNull(type)
      if ((own.kind !== 'double' && own.kind !== 'float') || !MONEY.test(name)) return undefined
      return {
        message: `${name} looks like money, and ${own.kind} rounds it`,
        cure: 'use bytes with "logicalType": "decimal", or a long of cents',
        part: 'type',
      }
    },
  },
  {
    id: 'logical-type-ignored',
    severity: 'warning',
    text: 'A logical type with wrong attributes, or on a type that it does not go with, is ignored without a word.',
    type: (type) => {
      if (type.kind === 'union' || type.annotation === undefined || !standard.has(type.annotation.logicalType)) return undefined
      // `big-decimal` is a logical type of the specification that is read as its bytes here.
      if (type.annotation.logicalType === 'big-decimal' && type.kind === 'bytes') return undefined
      if ('logical' in type && type.logical !== undefined) return undefined
      return {
        message: `the logical type ${type.annotation.logicalType} does not go with ${type.kind} as it is written: readers ignore it`,
        cure: 'correct its attributes (a decimal needs a precision, and a scale that is not above it) or the type below',
        part: 'type',
      }
    },
  },
  {
    id: 'doc',
    severity: 'off',
    text: 'Types and fields have documentation.',
    named: ({ name, doc }) =>
      doc === undefined ? { message: `${name} has no documentation`, cure: 'add "doc"', part: 'name' } : undefined,
    field: ({ name, doc }) =>
      doc === undefined ? { message: `${name} has no documentation`, cure: 'add "doc"', part: 'name' } : undefined,
  },
  {
    id: 'schema-size',
    severity: 'warning',
    text: 'A schema that is very large is split.',
    whole: ({ characters, fields }) =>
      characters > maxCharacters || fields > maxFields
        ? {
            message: `the schema has ${characters} characters and ${fields} fields: every service that reads the topic loads it`,
            cure: `split it: up to ${maxCharacters} characters and ${maxFields} fields are fine`,
          }
        : undefined,
  },
]
