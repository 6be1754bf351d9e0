import { schemaLimits } from './limits.ts'
import { pointerStep } from './names.ts'
import { remember } from './remember.ts'
import type { Schema } from './types.ts'

/** What is wrong with a default, and where in it. */
export interface DefaultProblem {
  /** JSON Pointer into the default. */
  readonly path: string
  readonly problem: string
}

const MAX_LONG = 2n ** 63n

/** What was found out about parts of a default: without it unions inside each other would be tried again and again. */
export type Verdicts = Map<object, Map<Schema, DefaultProblem | undefined>>

/**
 * Whether JSON can stand as the default of a type: `undefined` when it can (Apache Avro 1.12, "Schema Record", table of
 * field defaults; for a union any branch may take it). JSON nested deeper than types may be is no default. Whoever asks about parts of one
 * default gives the same `verdicts` each time.
 */
export function checkDefault(type: Schema, json: unknown, verdicts: Verdicts = new Map()): DefaultProblem | undefined {
  return check(type, json, verdicts, 0)
}

function check(type: Schema, json: unknown, verdicts: Verdicts, depth: number): DefaultProblem | undefined {
  if (typeof json !== 'object' || json === null) return checkPart(type, json, verdicts, depth)
  if (depth > schemaLimits.depth) return wrong(`no more than ${schemaLimits.depth} levels`)
  const known = remember(verdicts, json, () => new Map<Schema, DefaultProblem | undefined>())
  if (known.has(type)) return known.get(type)
  const problem = checkPart(type, json, verdicts, depth)
  known.set(type, problem)
  return problem
}

function checkPart(type: Schema, json: unknown, verdicts: Verdicts, depth: number): DefaultProblem | undefined {
  switch (type.kind) {
    case 'null':
      return verdict(json === null, 'null')
    case 'boolean':
      return verdict(typeof json === 'boolean', 'true or false')
    case 'int':
      return verdict(typeof json === 'number' && (json | 0) === json, 'a 32-bit integer')
    case 'long':
      return verdict(isLong(json), 'a 64-bit integer')
    case 'float':
    case 'double':
      // An integer that no number holds exactly was parsed as a bigint.
      return verdict(
        typeof json === 'number' || typeof json === 'bigint' || json === 'NaN' || json === 'Infinity' || json === '-Infinity',
        'a number',
      )
    case 'string':
      return verdict(typeof json === 'string', 'a string')
    case 'bytes':
      return verdict(isLatin1(json), 'a string of characters up to U+00FF, one for each byte')
    case 'fixed':
      return isLatin1(json) && json.length === type.size
        ? undefined
        : wrong(`a string of ${type.size} characters up to U+00FF, one for each byte`)
    case 'enum':
      return typeof json === 'string' && type.symbols.includes(json) ? undefined : wrong(`one of ${list(type.symbols)}`)
    case 'union':
      return type.branches.some((branch) => check(branch, json, verdicts, depth) === undefined)
        ? undefined
        : wrong(`a value of one of the branches ${list(type.branches.map(nameOf))}`)
    case 'array':
      if (!Array.isArray(json)) return wrong('an array')
      return firstProblem(
        json.map((item, index) => [String(index), type.items, item] as const),
        verdicts,
        depth,
      )
    case 'map':
      if (!isObject(json)) return wrong('an object')
      return firstProblem(
        Object.entries(json).map(([key, value]) => [key, type.values, value] as const),
        verdicts,
        depth,
      )
    case 'record': {
      if (!isObject(json)) return wrong('an object')
      for (const field of type.fields) {
        if (Object.hasOwn(json, field.name)) {
          const problem = check(field.type, json[field.name], verdicts, depth + 1)
          if (problem !== undefined) return within(field.name, problem)
        } else if (field.default === undefined) {
          return { path: pointerStep(field.name), problem: 'the field is missing and has no default of its own' }
        }
      }
      return undefined
    }
  }
}

/** The branch that a default of objects or arrays takes: looked for once, as one is needed for every message. */
const branchesTaken = new WeakMap<object, Map<readonly Schema[], number>>()

/**
 * The branch of a union that takes a default: the first that can; text such as `'NaN'` is text first, a number only where no branch takes text. `verdicts` as
 * for {@link checkDefault}.
 */
export function defaultBranch(branches: readonly Schema[], json: unknown, verdicts?: Verdicts): number {
  if (typeof json !== 'object' || json === null) return findBranch(branches, json, verdicts)
  const taken = remember(branchesTaken, json, () => new Map<readonly Schema[], number>())
  return remember(taken, branches, () => findBranch(branches, json, verdicts))
}

function findBranch(branches: readonly Schema[], json: unknown, verdicts: Verdicts | undefined): number {
  const fits = (branch: Schema): boolean => checkDefault(branch, json, verdicts) === undefined
  const literal = branches.findIndex((branch) => fits(branch) && !(typeof json === 'string' && isFloatingPoint(branch)))
  return literal >= 0 ? literal : branches.findIndex(fits)
}

/** Text of a number as Java reads it: the sign, then NaN, infinity or decimal digits, and a letter for the type. */
const NUMBER_TEXT = /^\s*([+-]?)(?:(NaN|Infinity)|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fFdD]?)\s*$/

/** The default of a field as it is kept: the text of a number, which Java takes for a float or double, is that number; NaN and infinity stay text. */
export function fieldDefault(type: Schema, json: unknown): unknown {
  const [, sign, special, digits] = (typeof json === 'string' && isFloatingPoint(type) ? NUMBER_TEXT.exec(json) : null) ?? []
  if (special !== undefined) return special === 'Infinity' && sign === '-' ? '-Infinity' : special
  return digits === undefined ? json : Number(`${sign}${digits}`)
}

function isFloatingPoint(type: Schema): boolean {
  return type.kind === 'float' || type.kind === 'double'
}

/** What a type is called: its full name, or its kind where it has none. */
export function nameOf(type: Schema): string {
  return 'name' in type ? type.name : type.kind
}

/** Names for an error: not all of them where there are thousands. */
function list(names: readonly string[]): string {
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ')
}

function verdict(good: boolean, expected: string): DefaultProblem | undefined {
  return good ? undefined : wrong(expected)
}

function wrong(expected: string): DefaultProblem {
  return { path: '', problem: `expected ${expected}` }
}

function within(step: string, problem: DefaultProblem): DefaultProblem {
  return { path: pointerStep(step) + problem.path, problem: problem.problem }
}

function firstProblem(
  parts: readonly (readonly [string, Schema, unknown])[],
  verdicts: Verdicts,
  depth: number,
): DefaultProblem | undefined {
  for (const [step, type, json] of parts) {
    const problem = check(type, json, verdicts, depth + 1)
    if (problem !== undefined) return within(step, problem)
  }
  return undefined
}

function isLong(json: unknown): boolean {
  return typeof json === 'bigint' ? json >= -MAX_LONG && json < MAX_LONG : Number.isSafeInteger(json)
}

function isLatin1(json: unknown): json is string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every byte value is a character here
  return typeof json === 'string' && /^[\u0000-\u00ff]*$/.test(json)
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
