import { posix } from 'node:path'
import { EvolveError } from '../errors.ts'
import { JsonReader } from './idl/json-import.ts'
import type { Definition, TypeUse } from './idl/model.ts'
import { failAt, type Source } from './idl/place.ts'
import { Printer } from './idl/print.ts'
import { type Reading, readFile } from './idl/read-file.ts'
import { referencesOf, referencesOfDefinition } from './idl/references.ts'
import { schemasOf } from './idl/table-schemas.ts'
import { TypeTable } from './idl/type-table.ts'
import { keepText, type ParseOptions } from './parse.ts'
import type { NamedType } from './protocol-types.ts'
import { orderByNeeds } from './schema-set-order.ts'
import type { Schema } from './types.ts'

/** A file of a set. */
export interface SchemaFile {
  /** What errors call it. The end tells what it is: IDL (`.avdl`), a protocol in JSON (`.avpr`), or else a schema in JSON. */
  readonly path: string
  readonly text: string
}

/** Schemas of many files that refer to each other by name. */
export interface SchemaSet {
  /** Every named type by full name, in the order in which the files were given. */
  readonly types: ReadonlyMap<string, NamedType>
  /** What each file states as a whole, by its path: all of a `.avsc`, the main schema of a `.avdl`. Named types are those of `types`. */
  readonly schemas: ReadonlyMap<string, Schema>
  /** The paths of the files; one that needs another stands behind it, unless both are in a cycle. */
  readonly order: readonly string[]
  /** For each file the files whose types it uses itself. */
  readonly needs: ReadonlyMap<string, readonly string[]>
  /** Files that need each other in a circle. No fault of theirs, but a registry's references cannot say it. */
  readonly cycles: readonly (readonly string[])[]
}

/**
 * Reads files that refer to each other's types by full name, in whatever order they are given and in circles too, as Java's
 * `SchemaParser` of 1.12 does. The text of each schema (`textOf`) is complete in itself: the file as it is where it needs no other,
 * otherwise with the types of other files written out where they are used first. A second definition that says the same as the
 * first one is dropped. `import` in IDL means a file of the set, relative to the file that imports. Of protocols the types
 * are read, not the messages. Nothing is read from anywhere.
 * @param files files with their paths, or an object of texts by path.
 * @throws EvolveError `invalid-schema` that names the file: for a name that no file defines, two definitions that differ (both
 * files), and all that {@link parseSchema} refuses; `invalid-options` for two files of one path; `limit-exceeded`.
 */
export function parseSchemaSet(
  files: Iterable<SchemaFile> | Readonly<Record<string, string>>,
  options: Pick<ParseOptions, 'invalidDefaults'> = {},
): SchemaSet {
  const sources = sourcesOf(files)
  const table = new TypeTable()
  const roots = new Map<string, TypeUse>()
  const reading: Reading = { table, warnings: [], imports: { open: (_kind, name, place) => importOf(sources, name, place) } }
  for (const source of sources.values()) {
    const root = readRoot(source, reading)
    if (root !== undefined) roots.set(source.path, root)
  }
  const needs = needsOf(sources, table, roots)
  const { types, uses } = schemasOf(table, [...roots.values()], options)
  const schemas = new Map(Array.from(roots.keys(), (path, index) => [path, uses[index] as Schema] as const))
  for (const [path, schema] of schemas) keepText(schema, textOfRoot(path, sources, needs, roots, table))
  return Object.freeze({ types, schemas, needs, ...orderByNeeds(sources.keys(), (path) => needs.get(path) ?? []) })
}

type SetSource = Source & { readonly path: string }

function sourcesOf(files: Iterable<SchemaFile> | Readonly<Record<string, string>>): Map<string, SetSource> {
  const sources = new Map<string, SetSource>()
  const list = isIterable(files) ? files : Object.entries(files).map(([path, text]) => ({ path, text }))
  for (const { path, text } of list) {
    if (typeof path !== 'string' || typeof text !== 'string')
      throw new EvolveError('invalid-options', 'a file of a set of schemas has a path and a text, both strings')
    if (sources.has(path)) throw new EvolveError('invalid-options', `the set of schemas has two files ${path}`)
    sources.set(path, { path, text: text.replace(/^\uFEFF/, '') })
  }
  return sources
}

function isIterable<T>(files: Iterable<T> | object): files is Iterable<T> {
  return Symbol.iterator in files
}

function readRoot(source: SetSource, reading: Reading): TypeUse | undefined {
  if (source.path.endsWith('.avdl')) return readFile(source, reading).main
  const json = new JsonReader(source, reading.table)
  if (!source.path.endsWith('.avpr')) return json.schema()
  json.protocol()
  return undefined
}

/** Every file of the set is read in its turn: an import only has to name one. */
function importOf(
  sources: ReadonlyMap<string, Source>,
  name: string,
  place: { readonly source: Source; readonly offset: number | undefined },
): undefined {
  const path = posix.join(posix.dirname(place.source.path ?? '.'), name)
  if (!sources.has(path)) failAt(place, `the import of ${JSON.stringify(name)} means ${path}, which is not in the set`)
  return undefined
}

/** Which files each file uses types of. */
function needsOf(
  sources: ReadonlyMap<string, Source>,
  table: TypeTable,
  roots: ReadonlyMap<string, TypeUse>,
): Map<string, readonly string[]> {
  const needs = new Map(Array.from(sources.keys(), (path) => [path, new Set<string>()]))
  const references = [...Array.from(table.values(), referencesOfDefinition), ...Array.from(roots.values(), referencesOf)].flat()
  for (const reference of references) {
    const user = reference.place.source.path ?? ''
    const definer = fileOf(table.resolve(reference))
    if (user !== definer) needs.get(user)?.add(definer)
  }
  return new Map(Array.from(needs, ([path, needed]) => [path, Object.freeze([...needed])]))
}

function fileOf(definition: Definition): string {
  return definition.place.source.path ?? ''
}

function textOfRoot(
  path: string,
  sources: ReadonlyMap<string, Source>,
  needs: ReadonlyMap<string, readonly string[]>,
  roots: ReadonlyMap<string, TypeUse>,
  table: TypeTable,
): () => string {
  const isWhole = !path.endsWith('.avdl') && needs.get(path)?.length === 0
  if (isWhole) return () => sources.get(path)?.text ?? ''
  return () => new Printer(table).type(roots.get(path) as TypeUse, '')
}
