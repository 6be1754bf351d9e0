import type { Codec } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import type { CachedRegistry } from '../registry/cached/cache.ts'
import { referencedTexts } from '../registry/references.ts'
import type { RegisteredSchema, Registry } from '../registry/types.ts'
import type { SchemaText } from '../schema/text.ts'

/** A schema found under its ID, parsed. */
export interface WriterSchema {
  readonly id: number
  /** The parsed schema; identity is its cache key. */
  readonly schema: object
  /** The registry's original text. */
  readonly source: SchemaText
}

/** The schemas that messages name by their IDs: each is fetched and parsed once. */
export interface WriterSchemas {
  /** What has been loaded before, or can be had without waiting. */
  peek(codec: Codec, id: number): WriterSchema | undefined
  /** @throws EvolveError `schema-not-found`, `invalid-schema`, `incompatible-schemas` (another schema language), or a registry failure. */
  load(codec: Codec, id: number): Promise<WriterSchema>
  /** Where a parsed writer schema comes from; its ID only when it was loaded here. */
  sourceOf(schema: object): { readonly source: SchemaText; readonly id?: number } | undefined
}

/** A text belongs to the parsed object for good, so that a value read through one registry can be written through another. */
const sources = new WeakMap<object, SchemaText>()

/** IDs never change their meaning, so nothing here expires; an ID that could not be loaded is asked for again, one that cannot be used is not. */
export function createWriterSchemas(registry: Registry & Partial<Pick<CachedRegistry, 'peekById'>>): WriterSchemas {
  const loaded = new Map<Codec, Map<number, WriterSchema | EvolveError>>()
  const pending = new Map<Codec, Map<number, Promise<WriterSchema>>>()
  const ids = new WeakMap<object, number>()

  const parse = (codec: Codec, registered: RegisteredSchema, references: readonly string[]): WriterSchema => {
    const { id, format, text } = registered
    try {
      if (format !== codec.format) {
        throw new EvolveError(
          'incompatible-schemas',
          `the message was written with a schema of format ${format}, the topic is read as ${codec.format}`,
        )
      }
      const schema = codec.parse(text, references)
      const source: SchemaText =
        registered.references === undefined ? { format, text } : { format, text, references: registered.references }
      const writer: WriterSchema = { id, schema, source }
      sources.set(schema, source)
      ids.set(schema, id)
      tableOf(loaded, codec).set(id, writer)
      return writer
    } catch (error) {
      const refused = error instanceof EvolveError ? error : new EvolveError('internal', 'the codec failed to parse a schema', {}, error)
      tableOf(loaded, codec).set(id, refused)
      throw refused
    }
  }

  const fetch = async (codec: Codec, id: number): Promise<WriterSchema> => {
    const registered = await registry.schemaById(id)
    const references = await referencedTexts(registry, registered)
    // It may have been parsed by a `peek` in the meantime: one ID is one parsed schema.
    const known = tableOf(loaded, codec).get(id)
    return known === undefined || known instanceof EvolveError ? parse(codec, { ...registered, id }, references) : known
  }

  /** Parses what the registry's cache holds; a schema with references, and one that cannot be used, are left to `load`. */
  const parseCached = (codec: Codec, id: number): WriterSchema | undefined => {
    const registered = registry.peekById?.(id)
    if (registered === undefined || (registered.references?.length ?? 0) > 0) return undefined
    try {
      return parse(codec, { ...registered, id }, [])
    } catch {
      return undefined
    }
  }

  return {
    peek: (codec, id) => {
      const known = tableOf(loaded, codec).get(id)
      return known instanceof EvolveError ? undefined : (known ?? parseCached(codec, id))
    },
    load: (codec, id) => {
      const known = tableOf(loaded, codec).get(id)
      if (known !== undefined) return known instanceof EvolveError ? Promise.reject(known) : Promise.resolve(known)
      const flights = tableOf(pending, codec)
      const flight = flights.get(id) ?? fetch(codec, id).finally(() => flights.delete(id))
      flights.set(id, flight)
      return flight
    },
    sourceOf: (schema) => {
      const [source, id] = [sources.get(schema), ids.get(schema)]
      if (source === undefined) return undefined
      return id === undefined ? { source } : { source, id }
    },
  }
}

function tableOf<V>(tables: Map<Codec, Map<number, V>>, codec: Codec): Map<number, V> {
  const table = tables.get(codec) ?? new Map<number, V>()
  tables.set(codec, table)
  return table
}
