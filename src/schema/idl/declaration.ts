import { fullName, namespaceOf } from '../names.ts'
import { type Annotated, type Annotation, completeDecimal, type Meaning, meanings, readAnnotations, sortAnnotations } from './annotation.ts'
import type { Cursor } from './cursor.ts'
import { readJson, readList } from './json-value.ts'
import type { Definition, FieldDefinition, TypeUse } from './model.ts'
import { checkName, checkTypeName } from './name.ts'
import { failAt, type Place } from './place.ts'
import type { Token } from './token.ts'
import { readSize, readType } from './type-use.ts'

/** What stands before a declaration. */
export interface Heading {
  readonly start: Token
  readonly annotations: readonly Annotation[]
}

/** Reads the annotations of a declaration, and keeps where it begins: that is where its documentation stands. */
export function readHeading(cursor: Cursor): Heading {
  const start = cursor.peek()
  return { start, annotations: readAnnotations(cursor) }
}

/** True when a record, error, enum or fixed is declared next, and no message whose type has such a name. */
export function isDeclaration(cursor: Cursor): boolean {
  if (cursor.isWord('fixed')) return cursor.isSign('(', 2) && cursor.peek(3).kind === 'integer'
  return ['record', 'error', 'enum'].some((keyword) => cursor.isWord(keyword)) && cursor.isSign('{', 2)
}

/** Reads the declaration of a named type, behind its heading. */
export function readDeclaration(cursor: Cursor, namespace: string, heading: Heading): Definition {
  const keyword = cursor.peek().text
  switch (keyword) {
    case 'record':
    case 'error':
      return readRecord(cursor, namespace, heading, keyword)
    case 'enum':
      return readEnum(cursor, namespace, heading)
    case 'fixed':
      return readFixed(cursor, namespace, heading)
    default:
      return cursor.failExpecting('record, error, enum or fixed')
  }
}

function readRecord(cursor: Cursor, namespace: string, heading: Heading, kind: 'record' | 'error'): Definition {
  const named = readName(cursor, namespace, heading, meanings.named)
  cursor.expectSign('{')
  const fields: FieldDefinition[] = []
  const seen = new Set<string>()
  while (!cursor.takeSign('}')) {
    const start = cursor.peek()
    const doc = cursor.doc(start)
    const type = readType(cursor, namespaceOf(named.name))
    do fields.push(readVariable(cursor, type, doc, seen))
    while (cursor.takeSign(','))
    cursor.expectSign(';')
  }
  return { kind, ...named, fields }
}

/**
 * Reads a field or parameter behind its type: documentation, annotations, name, default.
 * @param doc what documents all that share the type.
 * @param seen names that are taken; the name is added.
 */
export function readVariable(cursor: Cursor, type: TypeUse, doc: string | undefined, seen: Set<string>): FieldDefinition {
  const { start, annotations } = readHeading(cursor)
  const ownDoc = cursor.doc(start)
  const { name, place } = cursor.identifier('a name')
  checkName(name, place, seen)
  const { aliases, order, properties } = sortAnnotations(annotations, meanings.field)
  const fallback = cursor.takeSign('=') ? readJson(cursor) : undefined
  const field = { name, type: withNullWhereItFits(type, fallback), doc: ownDoc ?? doc, order, aliases: [...new Set(aliases)], properties }
  return fallback === undefined ? field : { ...field, default: fallback }
}

/** `T?` is a union with null first, unless the default is another than null. */
function withNullWhereItFits(type: TypeUse, fallback: unknown): TypeUse {
  if (type.kind !== 'union' || !type.optional) return type
  const nullLast = fallback !== undefined && fallback !== null
  return { ...type, optional: false, branches: nullLast ? type.branches.toReversed() : type.branches }
}

function readEnum(cursor: Cursor, namespace: string, heading: Heading): Definition {
  const named = readName(cursor, namespace, heading, meanings.enum)
  cursor.expectSign('{')
  const seen = new Set<string>()
  const symbols = readList(cursor, '}', () => {
    readAnnotations(cursor)
    const { name, place } = cursor.identifier('a symbol')
    checkName(name, place, seen)
    return name
  })
  if (!cursor.takeSign('=')) return { kind: 'enum', ...named, symbols, default: undefined }
  const fallback = cursor.identifier('the default symbol')
  if (!seen.has(fallback.name)) failAt(fallback.place, `the default ${fallback.name} is not one of the symbols`)
  cursor.expectSign(';')
  return { kind: 'enum', ...named, symbols, default: fallback.name }
}

function readFixed(cursor: Cursor, namespace: string, heading: Heading): Definition {
  const named = readName(cursor, namespace, heading, meanings.named)
  cursor.expectSign('(')
  const size = readSize(cursor, 'the size')
  cursor.expectSign(')')
  cursor.expectSign(';')
  completeDecimal(named.properties, size)
  return { kind: 'fixed', ...named, size }
}

type Named = Pick<Definition, 'name' | 'doc' | 'aliases' | 'properties' | 'place'>

function readName(cursor: Cursor, namespace: string, heading: Heading, meaning: Meaning): Named {
  const doc = cursor.doc(heading.start)
  const annotated = sortAnnotations(heading.annotations, meaning)
  cursor.next()
  const { name, place } = cursor.identifier('the name of the type')
  return { ...nameIn(name, annotated, namespace, place), doc, properties: annotated.properties, place }
}

function nameIn(given: string, annotated: Annotated, namespace: string, place: Place): Pick<Named, 'name' | 'aliases'> {
  const name = fullName(given, annotated.namespace ?? namespace)
  checkTypeName(name, place)
  return { name, aliases: [...new Set(annotated.aliases.map((alias) => fullName(alias, namespaceOf(name))))] }
}
