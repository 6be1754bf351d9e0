import { EvolveError } from '../../errors.ts'
import { customLogicalTypes } from '../../resolution/logical-type.ts'
import { type Representation, standardRepresentation } from '../../resolution/representation.ts'
import type { LogicalTypes } from '../../schema/logical-definition.ts'
import { remember } from '../../schema/remember.ts'
import { type DatumLimits, datumLimits, limitsOf } from './limits.ts'

/** All that is chosen about a pair besides its schemas. One object for each combination, so that it can be a cache key. */
export interface Choices extends Representation {
  readonly limits: DatumLimits
}

/** Choices as an application states them; the defaults stand for the rest. */
export interface AvroChoices {
  /** `long` as `number` (an unsafe one is an error), always as `bigint`, or as `number` where exact. Default `'number'`. */
  readonly long?: 'number' | 'bigint' | 'auto' | undefined
  /** `'standard'`: as in the table of JavaScript values; `'none'`: base types; or types of your own by name, beside the standard ones. Default `'standard'`. */
  readonly logicalTypes?: 'standard' | 'none' | LogicalTypes | undefined
  /** `'auto'`: the plain value unless branches look alike; `'wrapped'`: always `{ branch: value }`. Default `'auto'`. */
  readonly unions?: 'auto' | 'wrapped' | undefined
  /** Bounds on one datum. */
  readonly limits?: Partial<DatumLimits> | undefined
  /** A symbol that the reader does not know: its default, or the error `unresolvable-value`. Default `'default'`. */
  readonly unknownSymbols?: 'default' | 'refuse' | undefined
}

const ALLOWED = {
  long: ['number', 'bigint', 'auto'],
  logicalTypes: ['standard', 'none'],
  unions: ['auto', 'wrapped'],
  unknownSymbols: ['default', 'refuse'],
} as const

/** Logical types that are made anew for each call must not fill the memory. */
const MOST_KNOWN = 1000

/** The choices of nothing in particular. */
const standard: Choices = Object.freeze({ ...standardRepresentation, custom: undefined, unknownSymbols: 'default', limits: datumLimits })

const known = new Map<string, Choices>([[keyOf(standard), standard]])

/**
 * The choices with these values. Given objects are read, never kept: changing one later changes nothing.
 * @throws EvolveError `invalid-options`.
 */
export function choicesOf(given?: AvroChoices): Choices {
  if (given === undefined) return standard
  const place = typeof given === 'object' && given !== null ? placeOf(given) : undefined
  const common = place === undefined ? undefined : commonChoices[place]
  if (common !== undefined) return common
  check(given)
  const { logicalTypes } = given
  const custom = typeof logicalTypes === 'object' ? customLogicalTypes(logicalTypes) : undefined
  const choices: Choices = {
    long: given.long ?? standard.long,
    logicalTypes: typeof logicalTypes === 'object' ? 'standard' : (logicalTypes ?? standard.logicalTypes),
    unions: given.unions ?? standard.unions,
    custom,
    unknownSymbols: given.unknownSymbols ?? 'default',
    limits: given.limits === undefined ? datumLimits : limitsOf(given.limits),
  }
  const made = interned(choices)
  if (place !== undefined) commonChoices[place] = made
  return made
}

/** Choices without limits or types of the application, each at its place: found without making a key. */
const commonChoices: (Choices | undefined)[] = []

const LONGS: Readonly<Record<string, number>> = { number: 0, bigint: 1, auto: 2 }
const LOGICAL: Readonly<Record<string, number>> = { standard: 0, none: 3 }
const UNIONS: Readonly<Record<string, number>> = { auto: 0, wrapped: 6 }
const SYMBOLS: Readonly<Record<string, number>> = { default: 0, refuse: 12 }

function placeOf({
  long = 'number',
  logicalTypes = 'standard',
  unions = 'auto',
  unknownSymbols = 'default',
  limits,
}: AvroChoices): number | undefined {
  if (limits !== undefined || typeof logicalTypes !== 'string') return undefined
  const place =
    (LONGS[long] as number) + (LOGICAL[logicalTypes] as number) + (UNIONS[unions] as number) + (SYMBOLS[unknownSymbols] as number)
  // What is none of the names is `undefined` there, and the sum no number.
  return Number.isInteger(place) ? place : undefined
}

/**
 * The choices of a definition, each replaced by the one given for a call. Logical types are one choice: those given take the place of all.
 * @throws EvolveError `invalid-options`.
 */
export function choicesOver(base: Choices, given?: AvroChoices): Choices {
  if (given === undefined) return base
  const chosen = choicesOf(given)
  const { long, logicalTypes, unions, unknownSymbols, limits } = given
  if ([long, logicalTypes, unions, unknownSymbols, limits].every((choice) => choice === undefined)) return base
  return interned({
    long: long === undefined ? base.long : chosen.long,
    logicalTypes: logicalTypes === undefined ? base.logicalTypes : chosen.logicalTypes,
    custom: logicalTypes === undefined ? base.custom : chosen.custom,
    unions: unions === undefined ? base.unions : chosen.unions,
    unknownSymbols: unknownSymbols === undefined ? base.unknownSymbols : chosen.unknownSymbols,
    limits: limits === undefined ? base.limits : limitsOf(limits, base.limits),
  })
}

/** The same choices, with the error `unresolvable-value` for a symbol that the reader does not know. */
export function refusingSymbols(choices: Choices): Choices {
  return interned({ ...choices, unknownSymbols: 'refuse' })
}

function interned(choices: Choices): Choices {
  const made = remember(known, keyOf(choices), () => Object.freeze(choices))
  if (known.size > MOST_KNOWN) {
    known.clear()
    known.set(keyOf(standard), standard)
  }
  return made
}

function keyOf({ long, logicalTypes, unions, custom, unknownSymbols, limits }: Choices): string {
  return [long, logicalTypes, unions, unknownSymbols, ...Object.values(limits), custom?.key ?? ''].join(' ')
}

function check(given: AvroChoices): void {
  if (typeof given !== 'object' || given === null) throw new EvolveError('invalid-options', 'the options are an object')
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const chosen = (given as Readonly<Record<string, unknown>>)[name]
    if (chosen === undefined || (allowed as readonly unknown[]).includes(chosen)) continue
    if (name === 'logicalTypes' && typeof chosen === 'object' && chosen !== null) continue
    throw new EvolveError('invalid-options', `${name} is one of ${allowed.join(', ')}`)
  }
}
