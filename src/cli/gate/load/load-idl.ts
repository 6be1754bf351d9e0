import { posix } from 'node:path'
import { EvolveError, isEvolveError } from '../../../errors.ts'
import { type IdlFile, parseIdl } from '../../../schema/idl/parse-idl.ts'
import { schemaText } from '../../../schema/parse.ts'
import type { GateSchema, Loaded, Source, SourceText } from '../model.ts'
import { avroPlaces } from '../places/avro-places.ts'
import { idlPlaces } from '../places/idl-places.ts'
import { parseJsonTree } from '../places/json-tree.ts'
import type { PlaceIndex } from '../places/places.ts'
import { parseFault } from './fault.ts'
import { rootTypes } from './root-types.ts'

/** Finds the texts of files that others import, by their paths; those that are not there, or must not be read, are left out. */
export type FetchTexts = (files: readonly string[]) => Promise<ReadonlyMap<string, string>>

/** Imports inside imports; the parser has a bound of its own. */
const maxRounds = 50

/** Reads an IDL file with its imports: the main schema, or else each type that no other of the file uses. */
export async function loadIdl(source: SourceText, fetch: FetchTexts): Promise<Loaded> {
  const imported = new Map<string, string>()
  for (let round = 0; ; round += 1) {
    const missing = new Set<string>()
    try {
      return loaded(source, parse(source, imported, missing), imported)
    } catch (error) {
      if (!isEvolveError(error)) throw error
      const found = missing.size === 0 || round >= maxRounds ? new Map<string, string>() : await fetch([...missing])
      if (found.size === 0) return { schemas: [], faults: [parseFault(source, plain(error))], shared: new Set() }
      for (const [file, text] of found) imported.set(file, text)
    }
  }
}

function parse(source: SourceText, imported: ReadonlyMap<string, string>, missing: Set<string>): IdlFile {
  return parseIdl(source.text, {
    path: source.file,
    resolveImport: (_kind, name, from) => {
      const file = posix.join(posix.dirname(from ?? '.'), name)
      const text = imported.get(file)
      if (text !== undefined) return { text, path: file }
      missing.add(file)
      throw new EvolveError('invalid-schema', `there is no file ${file} below the root of the project`)
    },
  })
}

/** An import that fails says so in its cause. */
function plain(error: EvolveError): EvolveError {
  return isEvolveError(error.cause) ? new EvolveError(error.code, `${error.problem}: ${error.cause.problem}`, error.details) : error
}

function loaded(source: SourceText, idl: IdlFile, imported: ReadonlyMap<string, string>): Loaded {
  const own: Source = { ...source, places: idlPlaces(source.text) }
  const others = Array.from(imported, ([file, text]): Source => ({ file, text, places: placesOf(file, text) }))
  const sources = [own, ...others]
  const base = { file: source.file, key: source.file, part: undefined, sources }
  const shared = new Set(imported.keys())
  if (idl.main !== undefined) return { schemas: [{ ...base, schema: idl.main, text: schemaText(idl.main) ?? '' }], faults: [], shared }
  const schemas = rootTypes(idl.types, own.places.types).map(([name, schema], _index, all): GateSchema => {
    const one = { ...base, schema, text: schemaText(schema) ?? '' }
    return all.length === 1 ? one : { ...one, key: `${source.file}#${name}`, part: name }
  })
  return { schemas, faults: [], shared }
}

function placesOf(file: string, text: string): PlaceIndex {
  if (file.endsWith('.avdl')) return idlPlaces(text)
  const tree = parseJsonTree(text)
  return 'root' in tree ? avroPlaces(tree.root) : { types: [], find: () => undefined }
}
