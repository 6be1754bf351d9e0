import { EvolveError } from '../../errors.ts'
import { schemaLimits } from '../limits.ts'
import { fullName } from '../names.ts'
import type { PrimitiveKind } from '../types.ts'
import { type Annotation, addProperties, completeDecimal, readAnnotations } from './annotation.ts'
import type { Cursor } from './cursor.ts'
import { readList } from './json-value.ts'
import { sizeValue } from './literal-text.ts'
import type { JsonValue, PrimitiveUse, Properties, Reference, TypeUse } from './model.ts'
import { failAt, type Place } from './place.ts'

/** Keywords of types without parts: the primitive type, and the logical type where the keyword stands for one. */
const KEYWORDS: ReadonlyMap<string, readonly [kind: PrimitiveKind, logicalType?: string]> = new Map([
  ['null', ['null']],
  ['boolean', ['boolean']],
  ['int', ['int']],
  ['long', ['long']],
  ['float', ['float']],
  ['double', ['double']],
  ['bytes', ['bytes']],
  ['string', ['string']],
  ['date', ['int', 'date']],
  ['time_ms', ['int', 'time-millis']],
  ['timestamp_ms', ['long', 'timestamp-millis']],
  ['local_timestamp_ms', ['long', 'local-timestamp-millis']],
  ['uuid', ['string', 'uuid']],
])

/** Reads a type with its annotations. */
export function readType(cursor: Cursor, namespace: string, depth: number = 0): TypeUse {
  return readPlainType(cursor, namespace, readAnnotations(cursor), depth)
}

/** Reads a type whose annotations were read before it. */
export function readPlainType(cursor: Cursor, namespace: string, annotations: readonly Annotation[], depth: number = 0): TypeUse {
  if (depth > schemaLimits.depth) throw new EvolveError('limit-exceeded', `types are nested more than ${schemaLimits.depth} deep`)
  if (cursor.isWord('array') && cursor.isSign('<', 1)) {
    return { kind: 'array', items: readElement(cursor, namespace, depth), properties: propertiesOf(annotations) }
  }
  if (cursor.isWord('map') && cursor.isSign('<', 1)) {
    return { kind: 'map', values: readElement(cursor, namespace, depth), properties: propertiesOf(annotations) }
  }
  if (cursor.isWord('union') && cursor.isSign('{', 1)) return readUnion(cursor, namespace, annotations, depth)
  const place = cursor.placeOf(cursor.peek())
  const type = readPrimitive(cursor, annotations) ?? readReference(cursor, namespace, annotations)
  if (!cursor.takeSign('?')) return type
  const branches: TypeUse[] = [{ kind: 'primitive', name: 'null', properties: new Map() }, type]
  return { kind: 'union', branches, place, optional: true }
}

/** Reads the name of a type: one without dots is in the namespace. */
export function readReference(cursor: Cursor, namespace: string, annotations: readonly Annotation[]): Reference | PrimitiveUse {
  const { name, place } = cursor.identifier('a type')
  const [first] = annotations
  if (first !== undefined) failAt(first.place, `a use of the type ${name} cannot have annotations; they belong to its definition`)
  return referTo(name, namespace, place)
}

/** What a name means: an escaped `` `int` `` outside of any namespace still is the primitive type. */
export function referTo(name: string, namespace: string, place: Place): Reference | PrimitiveUse {
  const full = fullName(name, namespace)
  const primitive = KEYWORDS.get(full)
  if (primitive === undefined || primitive[1] !== undefined) return { kind: 'reference', names: [full], place }
  return { kind: 'primitive', name: primitive[0], properties: new Map() }
}

function readElement(cursor: Cursor, namespace: string, depth: number): TypeUse {
  cursor.next()
  cursor.expectSign('<')
  const type = readType(cursor, namespace, depth + 1)
  cursor.expectSign('>')
  return type
}

function readUnion(cursor: Cursor, namespace: string, annotations: readonly Annotation[], depth: number): TypeUse {
  const place = cursor.placeOf(cursor.next())
  cursor.expectSign('{')
  if (cursor.isSign('}')) cursor.failExpecting('a type')
  const branches = readList(cursor, '}', () => {
    const at = cursor.placeOf(cursor.peek())
    const branch = readType(cursor, namespace, depth + 1)
    return branch.kind === 'union' ? failAt(at, 'a union directly inside a union (T? is one too)') : branch
  })
  // A union has no place for properties in JSON; that they are ones it may have is checked all the same.
  propertiesOf(annotations)
  return { kind: 'union', branches, place, optional: false }
}

function readPrimitive(cursor: Cursor, annotations: readonly Annotation[]): PrimitiveUse | undefined {
  const token = cursor.peek()
  if (cursor.isWord('decimal') && cursor.isSign('(', 1)) return readDecimal(cursor, annotations)
  const known = token.kind === 'word' ? KEYWORDS.get(token.text) : undefined
  if (known === undefined) return undefined
  cursor.next()
  const [name, logicalType] = known
  return primitive(name, logicalType === undefined ? [] : [['logicalType', logicalType]], annotations)
}

function readDecimal(cursor: Cursor, annotations: readonly Annotation[]): PrimitiveUse {
  const place = cursor.placeOf(cursor.next())
  cursor.expectSign('(')
  const precision = readSize(cursor, 'the precision')
  const scale = cursor.takeSign(',') ? readSize(cursor, 'the scale') : 0
  cursor.expectSign(')')
  if (precision < 1 || scale > precision)
    failAt(place, `decimal(${precision}, ${scale}) has no digits, or more behind the point than there are`)
  const properties: [string, JsonValue][] = [
    ['logicalType', 'decimal'],
    ['precision', precision],
    ['scale', scale],
  ]
  return primitive('bytes', properties, annotations)
}

/** Reads a count of bytes or digits. */
export function readSize(cursor: Cursor, what: string): number {
  const token = cursor.expect('integer', what)
  return sizeValue(token.text, cursor.placeOf(token))
}

function primitive(name: PrimitiveKind, own: readonly [string, JsonValue][], annotations: readonly Annotation[]): PrimitiveUse {
  const properties: Properties = new Map(own)
  addProperties(properties, annotations)
  if (name === 'bytes') completeDecimal(properties)
  return { kind: 'primitive', name, properties }
}

function propertiesOf(annotations: readonly Annotation[]): Properties {
  const properties: Properties = new Map()
  addProperties(properties, annotations)
  return properties
}
