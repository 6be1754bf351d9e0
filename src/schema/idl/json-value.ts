import { EvolveError } from '../../errors.ts'
import { schemaLimits } from '../limits.ts'
import type { Cursor } from './cursor.ts'
import { FloatValue } from './float-value.ts'
import { floatValue, integerValue, stringValue } from './literal-text.ts'
import type { JsonValue } from './model.ts'

const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['null', null],
  ['true', true],
  ['false', false],
])

/** Reads the JSON of a default or of an annotation. Its literals are those of IDL: `0x1F`, `NaN` and comments are fine. */
export function readJson(cursor: Cursor, depth: number = 0): JsonValue {
  if (depth > schemaLimits.depth) {
    throw new EvolveError('limit-exceeded', `a JSON value is nested more than ${schemaLimits.depth} deep`)
  }
  if (cursor.takeSign('{')) return readObject(cursor, depth)
  if (cursor.takeSign('[')) return readList(cursor, ']', () => readJson(cursor, depth + 1))
  const token = cursor.peek()
  const word = token.kind === 'word' ? WORDS.get(token.text) : undefined
  if (token.kind === 'sign' || token.kind === 'end' || (token.kind === 'word' && word === undefined))
    return cursor.failExpecting('a JSON value')
  cursor.next()
  switch (token.kind) {
    case 'string':
      return stringValue(token.text)
    case 'integer':
      return integerValue(token.text, cursor.placeOf(token))
    case 'float':
      return new FloatValue(floatValue(token.text))
    default:
      return word as JsonValue
  }
}

function readObject(cursor: Cursor, depth: number): JsonValue {
  const members = readList(cursor, '}', (): [string, JsonValue] => {
    const name = stringValue(cursor.expect('string', 'the name of a member').text)
    cursor.expectSign(':')
    return [name, readJson(cursor, depth + 1)]
  })
  // Defines its members, whatever their names are; assigning one named __proto__ would not.
  return Object.fromEntries(members)
}

/** Reads items between commas up to a closing sign, which is taken too. */
export function readList<T>(cursor: Cursor, close: string, read: () => T): T[] {
  const items: T[] = []
  if (cursor.takeSign(close)) return items
  do items.push(read())
  while (cursor.takeSign(','))
  cursor.expectSign(close)
  return items
}
