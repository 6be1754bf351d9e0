import { pointerStep } from './names.ts'
import type { Schema } from './types.ts'

/** What is wrong with a default, and where in it. */
export interface DefaultProblem {
  /** JSON Pointer into the default. */
  readonly path: string
  readonly problem: string
}

const MAX_LONG = 2n ** 63n

/**
 * Whether JSON can stand as the default of a type: `undefined` when it can (Apache Avro 1.12, "Schema Record", table of
 * field defaults; for a union any branch may take it).
 */
export function checkDefault(type: Schema, json: unknown): DefaultProblem | undefined {
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
      return verdict(isLatin1(json) && json.length === type.size, `a string of ${type.size} characters up to U+00FF, one for each byte`)
    case 'enum':
      return verdict(typeof json === 'string' && type.symbols.includes(json), `one of ${type.symbols.join(', ')}`)
    case 'array':
      if (!Array.isArray(json)) return wrong('an array')
      return firstProblem(json.map((item, index) => [String(index), type.items, item] as const))
    case 'map':
      if (!isObject(json)) return wrong('an object')
      return firstProblem(Object.entries(json).map(([key, value]) => [key, type.values, value] as const))
    case 'union':
      return verdict(
        type.branches.some((branch) => checkDefault(branch, json) === undefined),
        `a value of one of the branches ${type.branches.map(nameOf).join(', ')}`,
      )
    case 'record': {
      if (!isObject(json)) return wrong('an object')
      for (const field of type.fields) {
        if (Object.hasOwn(json, field.name)) {
          const problem = checkDefault(field.type, json[field.name])
          if (problem !== undefined) return within(field.name, problem)
        } else if (field.default === undefined) {
          return { path: pointerStep(field.name), problem: 'the field is missing and has no default of its own' }
        }
      }
      return undefined
    }
  }
}

/** The branch of a union that takes a default: the first that can; text such as `'NaN'` is text first, a number only where no branch takes text. */
export function defaultBranch(branches: readonly Schema[], json: unknown): number {
  const fits = (branch: Schema): boolean => checkDefault(branch, json) === undefined
  const literal = branches.findIndex((branch) => fits(branch) && !(typeof json === 'string' && isFloatingPoint(branch)))
  return literal >= 0 ? literal : branches.findIndex(fits)
}

function isFloatingPoint(type: Schema): boolean {
  return type.kind === 'float' || type.kind === 'double'
}

/** What a type is called: its full name, or its kind where it has none. */
export function nameOf(type: Schema): string {
  return 'name' in type ? type.name : type.kind
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

function firstProblem(parts: readonly (readonly [string, Schema, unknown])[]): DefaultProblem | undefined {
  for (const [step, type, json] of parts) {
    const problem = checkDefault(type, json)
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
