import { Imports, type ResolveImport } from './import.ts'
import type { ProtocolDefinition, TypeUse } from './model.ts'
import { Printer } from './print.ts'
import { readFile } from './read-file.ts'
import { TypeTable } from './type-table.ts'

/** Avro IDL read into its types, before these are schemas. */
export interface IdlContent {
  readonly table: TypeTable
  readonly protocol: ProtocolDefinition | undefined
  readonly main: TypeUse | undefined
  readonly warnings: readonly string[]
}

/** Reads IDL and all that it imports. */
export function readIdl(text: string, path: string | undefined, resolveImport: ResolveImport | undefined): IdlContent {
  const source = { text, path }
  const reading = { table: new TypeTable(), imports: new Imports(resolveImport, source), warnings: [] as string[] }
  return { ...readFile(source, reading), table: reading.table, warnings: reading.warnings }
}

/** The JSON that Java's IDL tools make: the protocol, or the main schema, or a list of schemas each complete in itself. */
export function idlJson({ table, protocol, main }: IdlContent): string {
  if (protocol !== undefined) return new Printer(table).protocol(protocol)
  if (main !== undefined) return new Printer(table).type(main, '')
  return `[${Array.from(table.values(), (type) => new Printer(table).definition(type, '')).join(',')}]`
}
