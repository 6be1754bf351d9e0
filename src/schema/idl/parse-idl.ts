import { parseExactJson } from '../json.ts'
import { pointerStep } from '../names.ts'
import { keepText } from '../parse.ts'
import { Parser } from '../parser.ts'
import { parseProtocol } from '../protocol.ts'
import type { NamedType, Protocol } from '../protocol-types.ts'
import type { Schema } from '../types.ts'
import { type IdlContent, idlJson, readIdl } from './idl-json.ts'
import type { ResolveImport } from './import.ts'
import { Printer } from './print.ts'

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
 * @throws EvolveError `invalid-schema` with line and column, or with the JSON Pointer below the name of the type where the
 * JSON that comes out breaks a rule of schemas; `limit-exceeded`.
 */
export function parseIdl(text: string, options: IdlOptions = {}): IdlFile {
  const content = readIdl(text, options.path, options.resolveImport)
  const warnings = Object.freeze([...content.warnings])
  if (content.protocol !== undefined) {
    const protocol = parseProtocol(idlJson(content))
    return Object.freeze({ json: protocol.text, protocol, types: withTexts(new Map(Object.entries(protocol.types)), content), warnings })
  }
  const { types, main } = parseTypes(content)
  return Object.freeze({
    get json() {
      return idlJson(content)
    },
    ...(main === undefined ? {} : { main }),
    types: withTexts(types, content),
    warnings,
  })
}

/** All types share one table of names, and each is given once and on its own: the parser takes names before their definition. */
function parseTypes(content: IdlContent): { types: Map<string, NamedType>; main: Schema | undefined } {
  const names = new Map<string, Schema>()
  const parser = new Parser(names, false)
  const printer = new Printer(content.table, 'apart')
  for (const definition of content.table.values()) {
    parser.type(parseExactJson(printer.definition(definition, '')), '', pointerStep(definition.name), 0)
  }
  const main = content.main === undefined ? undefined : parser.type(parseExactJson(printer.type(content.main, '')), '', '', 0)
  parser.checkDefaults()
  parser.freeze()
  if (main !== undefined) keepText(main, () => idlJson(content))
  const ordered = Array.from(content.table.values(), ({ name }) => [name, names.get(name) as NamedType] as const)
  return { types: new Map(ordered), main }
}

function withTexts(types: ReadonlyMap<string, NamedType>, { table }: IdlContent): ReadonlyMap<string, NamedType> {
  for (const [name, type] of types) {
    const definition = table.get(name)
    if (definition !== undefined) keepText(type, () => new Printer(table).definition(definition, ''))
  }
  return types
}
