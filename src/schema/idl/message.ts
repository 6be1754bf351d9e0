import { meanings, sortAnnotations } from './annotation.ts'
import type { Cursor } from './cursor.ts'
import { type Heading, readVariable } from './declaration.ts'
import { readList } from './json-value.ts'
import type { FieldDefinition, MessageDefinition, Reference, TypeUse } from './model.ts'
import { failAt } from './place.ts'
import { readPlainType, readReference, readType } from './type-use.ts'

/**
 * Reads a message of a protocol, behind its heading.
 * @param own names of messages that this text has declared; the name is added.
 */
export function readMessage(cursor: Cursor, namespace: string, heading: Heading, own: Set<string>): MessageDefinition {
  const doc = cursor.doc(heading.start)
  const { properties } = sortAnnotations(heading.annotations, meanings.message)
  const response = readResponse(cursor, namespace)
  const { name, place } = cursor.identifier('the name of the message')
  if (own.has(name)) failAt(place, `the message ${name} is declared twice`)
  own.add(name)
  cursor.expectSign('(')
  const seen = new Set<string>()
  const request = readList(cursor, ')', () => readParameter(cursor, namespace, seen))
  const isOneWay = cursor.isWord('oneway')
  if (isOneWay) {
    const isVoid = response.kind === 'primitive' && response.name === 'null'
    if (!isVoid) failAt(place, `the one-way message ${name} must return void`)
    cursor.next()
  }
  const errors = isOneWay ? undefined : readErrors(cursor, namespace)
  cursor.expectSign(';')
  return { name, doc, properties, request, response, errors, place }
}

function readResponse(cursor: Cursor, namespace: string): TypeUse {
  // The annotations that were read belong to the message.
  if (!cursor.isWord('void')) return readPlainType(cursor, namespace, [])
  cursor.next()
  return { kind: 'primitive', name: 'null', properties: new Map() }
}

function readParameter(cursor: Cursor, namespace: string, seen: Set<string>): FieldDefinition {
  const start = cursor.peek()
  const doc = cursor.doc(start)
  return readVariable(cursor, readType(cursor, namespace), doc, seen)
}

function readErrors(cursor: Cursor, namespace: string): Reference[] {
  if (!cursor.isWord('throws')) return []
  const errors: Reference[] = []
  do {
    cursor.next()
    const place = cursor.placeOf(cursor.peek())
    const error = readReference(cursor, namespace, [])
    errors.push(error.kind === 'reference' ? error : failAt(place, `${error.name} is no error`))
  } while (cursor.isSign(','))
  return errors
}
