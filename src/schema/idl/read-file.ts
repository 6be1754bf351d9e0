import { fullName, namespaceOf, unqualified } from '../names.ts'
import { meanings, sortAnnotations } from './annotation.ts'
import { Cursor } from './cursor.ts'
import { type Heading, isDeclaration, readDeclaration, readHeading } from './declaration.ts'
import type { ImportKind, Imports } from './import.ts'
import { JsonReader } from './json-import.ts'
import { stringValue } from './literal-text.ts'
import { readMessage } from './message.ts'
import type { MessageDefinition, ProtocolDefinition, TypeUse } from './model.ts'
import type { Source } from './place.ts'
import type { TypeTable } from './type-table.ts'
import { readType } from './type-use.ts'

/** What a set of texts that import each other shares. */
export interface Reading {
  readonly table: TypeTable
  readonly imports: Pick<Imports, 'open'>
  readonly warnings: string[]
}

/** What one text states besides its types. */
export interface FileContent {
  readonly protocol: ProtocolDefinition | undefined
  /** The type of `schema …;`. */
  readonly main: TypeUse | undefined
}

const KINDS: readonly ImportKind[] = ['idl', 'protocol', 'schema']

/**
 * Reads one text, and what it imports, into the table: either one protocol, or named types with an optional namespace and
 * main schema before them (Apache Avro 1.12, "IDL Language").
 * @param depth imports around this text.
 */
export function readFile(source: Source, reading: Reading, depth: number = 0): FileContent {
  const cursor = new Cursor(source)
  const content = readContent(cursor, reading, depth)
  if (cursor.peek().kind !== 'end') cursor.failExpecting('the end of the text')
  reading.warnings.push(...cursor.warnings())
  return content
}

function readContent(cursor: Cursor, reading: Reading, depth: number): FileContent {
  const namespace = readNamespace(cursor)
  const main = readMain(cursor, namespace ?? '')
  let isFirst = namespace === undefined && main === undefined
  while (cursor.peek().kind !== 'end') {
    if (isImport(cursor)) {
      readImport(cursor, reading, undefined, depth)
    } else {
      const heading = readHeading(cursor)
      if (isFirst && cursor.isWord('protocol')) return { protocol: readProtocol(cursor, reading, heading, depth), main: undefined }
      reading.table.put(readDeclaration(cursor, namespace ?? '', heading))
    }
    isFirst = false
  }
  return { protocol: undefined, main }
}

function readNamespace(cursor: Cursor): string | undefined {
  if (!cursor.isWord('namespace')) return undefined
  cursor.next()
  const { name } = cursor.identifier('a namespace')
  cursor.expectSign(';')
  return name
}

function readMain(cursor: Cursor, namespace: string): TypeUse | undefined {
  if (!cursor.isWord('schema')) return undefined
  cursor.next()
  const type = readType(cursor, namespace)
  cursor.expectSign(';')
  return type
}

function readProtocol(cursor: Cursor, reading: Reading, heading: Heading, depth: number): ProtocolDefinition {
  const doc = cursor.doc(heading.start)
  const annotated = sortAnnotations(heading.annotations, meanings.protocol)
  cursor.next()
  const name = fullName(cursor.identifier('the name of the protocol').name, annotated.namespace ?? '')
  const namespace = namespaceOf(name)
  const messages = new Map<string, MessageDefinition>()
  cursor.expectSign('{')
  const own = new Set<string>()
  while (!cursor.takeSign('}')) {
    if (isImport(cursor)) {
      readImport(cursor, reading, messages, depth)
    } else {
      const start = readHeading(cursor)
      if (isDeclaration(cursor)) {
        reading.table.put(readDeclaration(cursor, namespace, start))
      } else {
        const message = readMessage(cursor, namespace, start, own)
        messages.set(message.name, message)
      }
    }
  }
  return { name: unqualified(name), namespace, doc, properties: annotated.properties, messages }
}

/** True for an import, and not for a message whose type is called `import`. */
function isImport(cursor: Cursor): boolean {
  return cursor.isWord('import') && !cursor.isSign('(', 2)
}

/** @param messages those of the protocol that imports; the ones of an imported protocol are added. */
function readImport(cursor: Cursor, reading: Reading, messages: Map<string, MessageDefinition> | undefined, depth: number): void {
  cursor.next()
  const kind = KINDS.find((known) => cursor.isWord(known)) ?? cursor.failExpecting('idl, protocol or schema')
  cursor.next()
  const token = cursor.expect('string', 'the name of what is imported')
  cursor.expectSign(';')
  const source = reading.imports.open(kind, stringValue(token.text), cursor.placeOf(token), depth + 1)
  if (source === undefined) return
  for (const message of readImported(kind, source, reading, depth + 1)) messages?.set(message.name, message)
}

function readImported(kind: ImportKind, source: Source, reading: Reading, depth: number): Iterable<MessageDefinition> {
  if (kind === 'idl') return readFile(source, reading, depth).protocol?.messages.values() ?? []
  const json = new JsonReader(source, reading.table)
  if (kind === 'protocol') return json.protocol()
  json.schema()
  return []
}
