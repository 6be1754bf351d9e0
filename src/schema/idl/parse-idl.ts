import { EvolveError } from '../../errors.ts'
import { keepText } from '../parse.ts'
import { parseProtocol } from '../protocol.ts'
import type { NamedType, Protocol } from '../protocol-types.ts'
import type { Schema } from '../types.ts'
import { idlJson, readIdl } from './idl-json.ts'
import type { ResolveImport } from './import.ts'
import { keepTexts, schemasOf } from './table-schemas.ts'

/** Options of {@link parseIdl}. */
export interface IdlOptions {
  /** Finds the texts of imports. Without it a text that imports is refused: nothing is read from anywhere. */
  readonly resolveImport?: ResolveImport
  /** What the text is called, in errors and as `from` of its imports. */
  readonly path?: string
}

/** What an Avro IDL file (`.avdl`) states. */
export interface IdlFile {
  /**
   * The JSON that Java's IDL tools make of it: the protocol (`.avpr`), or the main schema (`.avsc`), or, where there is
   * neither, a list of the named types, each complete in itself. Asked for, it throws `limit-exceeded` where types lie inside
   * each other more than 200 deep, or it has more than 8 Mi characters.
   */
  readonly json: string
  /** Present where the file declares one. */
  readonly protocol?: Protocol
  /** Present where the file has `schema …;`. */
  readonly main?: Schema
  /** Every named type of the file and of its imports by full name, in the order of their definitions. */
  readonly types: ReadonlyMap<string, NamedType>
  /** Documentation comments that document nothing, with their places. */
  readonly warnings: readonly string[]
}

/**
 * Reads Avro IDL (Apache Avro 1.12, "IDL Language"), in its protocol syntax and its schema syntax. Synchronous, and without
 * any access to files: imports go through `resolveImport`. The text of each schema (`textOf`) is its JSON, complete in itself.
 * @throws EvolveError `invalid-schema` with line and column, and with the JSON Pointer below the name of the type where what
 * comes out breaks a rule of schemas; `limit-exceeded`; `invalid-options` where `resolveImport` gives no text.
 */
export function parseIdl(text: string, options: IdlOptions = {}): IdlFile {
  if (typeof text !== 'string')
    throw new EvolveError('invalid-schema', `expected Avro IDL as text, got ${text === null ? 'null' : typeof text}`)
  const content = readIdl(text, options.path, options.resolveImport)
  const warnings = Object.freeze([...content.warnings])
  if (content.protocol !== undefined) {
    const protocol = parseProtocol(idlJson(content))
    const types = new Map(Object.entries(protocol.types))
    keepTexts(types, content.table)
    return Object.freeze({ json: protocol.text, protocol, types, warnings })
  }
  const { types, uses } = schemasOf(content.table, content.main === undefined ? [] : [content.main])
  const [main] = uses
  if (main !== undefined) keepText(main, () => idlJson(content))
  return Object.freeze({
    get json() {
      return idlJson(content)
    },
    ...(main === undefined ? {} : { main }),
    types,
    warnings,
  })
}
