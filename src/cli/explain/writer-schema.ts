import { EvolveError, isEvolveError } from '../../errors.ts'
import { referencedTexts } from '../../registry/references.ts'
import type { BrowsableRegistry, Registry, SchemaUse } from '../../registry/types.ts'
import { schemaFingerprint } from '../../schema/fingerprint.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { SchemaFormat } from '../../schema/text.ts'
import type { Schema } from '../../schema/types.ts'
import type { Identity } from './identify.ts'

/** The schema a message was written with. */
export interface WriterSchema {
  /** Absent where it is in another schema language. */
  readonly schema: Schema | undefined
  readonly format: SchemaFormat
  readonly id: number | undefined
  /** Where it is registered; `undefined` where nobody says. */
  readonly uses: readonly SchemaUse[] | undefined
  /** Who gave it. */
  readonly origin: string
}

/** Where schemas are looked for. */
export interface SchemaPlaces {
  readonly registry: { readonly registry: Registry; readonly name: string } | undefined
  /** A file given as the writer's schema: it is taken whatever the message says. */
  readonly file: { readonly schema: Schema; readonly path: string } | undefined
  /** A subject, to say in which context an ID is to be looked for. */
  readonly subject: string | undefined
}

/** Finds the writer's schema. @throws EvolveError `schema-not-found`, `invalid-options`, or a registry failure. */
export async function writerSchema(identity: Identity | undefined, places: SchemaPlaces): Promise<WriterSchema> {
  const { file, registry } = places
  const id = identity?.kind === 'confluent' ? identity.id : undefined
  if (file !== undefined) return { schema: file.schema, format: 'AVRO', id, uses: undefined, origin: file.path }
  if (registry === undefined) {
    throw new EvolveError('invalid-options', 'where is the schema of the message?', {
      hint: 'give --registry URL, --lock schemas.lock, or the schema itself with --schema FILE',
    })
  }
  if (identity?.kind === 'confluent') return schemaOfId(identity.id, registry.registry, registry.name, places.subject)
  if (identity?.kind === 'single-object') return schemaOfFingerprint(identity.fingerprint, registry.registry, registry.name)
  throw new EvolveError('invalid-options', 'a message without a frame does not say which schema wrote it', { hint: 'give --schema FILE' })
}

async function schemaOfId(id: number, registry: Registry, origin: string, subject: string | undefined): Promise<WriterSchema> {
  const place = subject === undefined ? {} : { subject }
  const found = await registry.schemaById(id, place)
  const uses = await usesOf(id, registry, place)
  const { format } = found
  if (format !== 'AVRO') return { schema: undefined, format, id, uses, origin }
  const references = await referencedTexts(registry, found)
  // As the deserializer takes it: only what it reads matters.
  return { schema: parseSchema(found.text, { references, invalidDefaults: 'drop', invalidNames: 'keep' }), format, id, uses, origin }
}

/** Who uses a schema is worth knowing, but not worth failing for. */
async function usesOf(id: number, registry: Registry, place: { readonly subject?: string }): Promise<readonly SchemaUse[] | undefined> {
  if (!isBrowsable(registry)) return undefined
  try {
    return await registry.uses(id, { ...place, deleted: true })
  } catch (error) {
    if (isEvolveError(error)) return undefined
    throw error
  }
}

const isBrowsable = (registry: Registry): registry is BrowsableRegistry => 'uses' in registry

/** Registries cannot be asked for a fingerprint: all that one holds is looked through. */
async function schemaOfFingerprint(fingerprint: string, registry: Registry, origin: string): Promise<WriterSchema> {
  const subjects = isBrowsable(registry) ? await registry.subjects({ prefix: ':*:', deleted: true }) : []
  const seen = new Set<string>()
  for (const subject of subjects) {
    for (const version of await registry.versions(subject, { deleted: true })) {
      const entry = await registry.version(subject, version, { deleted: true })
      if (entry.format !== 'AVRO' || seen.has(entry.text)) continue
      seen.add(entry.text)
      const schema = await parsedOrNone(entry.text, () => referencedTexts(registry, entry))
      if (schema === undefined || schemaFingerprint(schema, 'CRC-64-AVRO').toString('hex') !== fingerprint) continue
      return { schema, format: 'AVRO', id: entry.id, uses: [{ subject, version }], origin }
    }
  }
  throw new EvolveError('schema-not-found', `no schema at ${origin} has the fingerprint ${fingerprint}`, {
    hint: 'single objects name their schema by its fingerprint: give the schema with --schema FILE',
  })
}

async function parsedOrNone(text: string, references: () => Promise<readonly string[]>): Promise<Schema | undefined> {
  try {
    return parseSchema(text, { references: await references(), invalidDefaults: 'drop', invalidNames: 'keep' })
  } catch (error) {
    if (isEvolveError(error) && (error.code === 'invalid-schema' || error.code === 'limit-exceeded')) return undefined
    throw error
  }
}
