import { isEvolveError } from '../../../errors.ts'
import { schemaLimits } from '../../../schema/limits.ts'
import { parseSchema, schemaText } from '../../../schema/parse.ts'
import { parseProtocol } from '../../../schema/protocol.ts'
import { remember } from '../../../schema/remember.ts'
import { parseSchemaSet, type SchemaSet } from '../../../schema/schema-set.ts'
import type { Schema } from '../../../schema/types.ts'
import type { Finding, GateSchema, Loaded, Source, SourceText } from '../model.ts'
import { type AvroPlaces, avroPlaces, type NameUse } from '../places/avro-places.ts'
import { type JsonNode, parseJsonTree } from '../places/json-tree.ts'
import { parseFault, textFault } from './fault.ts'
import { rootTypes } from './root-types.ts'

interface JsonFile extends Source {
  readonly places: AvroPlaces
  readonly root: JsonNode
}

const none: ReadonlySet<string> = new Set()
const failed = (...faults: readonly Finding[]): Loaded => ({ schemas: [], faults, shared: none })

/** Schemas and protocols in JSON. What a file does not define itself is looked for in the others. */
export class JsonFiles {
  readonly #files = new Map<string, JsonFile>()
  readonly #faults = new Map<string, Finding>()
  /** By the full name of a type, the files that define it. */
  readonly #definers = new Map<string, JsonFile[]>()
  readonly #sets = new Map<string, SchemaSet>()

  constructor(texts: readonly SourceText[]) {
    for (const source of texts) this.#add(source)
  }

  /** What one of the files states. */
  load(file: string): Loaded {
    const source = this.#files.get(file)
    if (source === undefined) return failed(...[this.#faults.get(file)].filter((fault) => fault !== undefined))
    const missing = missingIn(source)
    const unknown = missing.find((use) => this.#definersOf(use) === undefined)
    if (unknown !== undefined)
      return failed(
        textFault(
          source,
          unknown.span,
          `the type ${unknown.names[0]} is not defined, neither here nor in another of the files`,
          'give the file that defines it too, or correct the name',
        ),
      )
    try {
      return missing.length === 0 ? alone(source) : this.#together(source)
    } catch (error) {
      if (!isEvolveError(error)) throw error
      return failed(parseFault(source, error, source.root))
    }
  }

  #add(source: SourceText): void {
    if (source.text.length > schemaLimits.textLength) {
      const problem = `the file has ${source.text.length} characters, ${schemaLimits.textLength} are allowed`
      this.#faults.set(source.file, textFault({ ...source, text: '' }, { start: 0, length: 1 }, problem))
      return
    }
    const tree = parseJsonTree(source.text)
    if ('fault' in tree) {
      const span = { start: tree.fault.offset, length: 1 }
      this.#faults.set(source.file, textFault(source, span, `this is not JSON: ${tree.fault.problem}`))
      return
    }
    const file = { ...source, root: tree.root, places: avroPlaces(tree.root) }
    this.#files.set(source.file, file)
    for (const type of file.places.types) remember(this.#definers, type, () => []).push(file)
  }

  #definersOf({ names }: NameUse): readonly JsonFile[] | undefined {
    return names.map((name) => this.#definers.get(name)).find((found) => found !== undefined)
  }

  /** A file with all those that it needs, directly or not. */
  #together(source: JsonFile): Loaded {
    const needed = new Set([source])
    for (const file of needed)
      for (const use of missingIn(file)) for (const definer of this.#definersOf(use) ?? []) if (!needed.has(definer)) needed.add(definer)
    const files = [...needed]
    const key = JSON.stringify(files.map(({ file }) => file).sort())
    const set = remember(this.#sets, key, () => parseSchemaSet(files.map(({ file, text }) => ({ path: file, text }))))
    const shared = new Set(files.slice(1).map(({ file }) => file))
    const whole = set.schemas.get(source.file)
    if (whole !== undefined) return { schemas: [gateSchema(source, whole, files)], faults: [], shared }
    return { schemas: severalOf(source, new Map(set.types), files), faults: [], shared }
  }
}

function missingIn({ places }: JsonFile): readonly NameUse[] {
  const own = new Set(places.types)
  return places.uses.filter(({ names }) => !names.some((name) => own.has(name)))
}

function alone(source: JsonFile): Loaded {
  if (!source.file.endsWith('.avpr')) return { schemas: [gateSchema(source, parseSchema(source.text), [source])], faults: [], shared: none }
  return { schemas: severalOf(source, new Map(Object.entries(parseProtocol(source.text).types)), [source]), faults: [], shared: none }
}

function gateSchema({ file }: Source, schema: Schema, sources: readonly Source[]): GateSchema {
  return { file, key: file, part: undefined, schema, text: schemaText(schema) ?? '', sources }
}

function severalOf(source: Source, types: ReadonlyMap<string, Schema>, sources: readonly Source[]): GateSchema[] {
  return rootTypes(types, source.places.types).map(([name, schema], _index, all) => ({
    ...gateSchema(source, schema, sources),
    ...(all.length === 1 ? {} : { key: `${source.file}#${name}`, part: name }),
  }))
}
