import { EvolveError } from '../../errors.ts'
import { BoundedMap } from '../../schema/bounded-map.ts'
import { parseSchema, schemaReferences, schemaText } from '../../schema/parse.ts'
import { remember } from '../../schema/remember.ts'
import type { Schema } from '../../schema/types.ts'
import { carriedIn } from './carried-in.ts'
import { type Alignment, carry } from './carry.ts'
import { datumLimits } from './limits.ts'
import { type AvroResolution, resolveSchemas } from './resolution.ts'
import { choicesFor, type SchemaLike, schemaOf } from './schema-like.ts'

/** What a value carries, as plain data that survives JSON, a worker or a database. Keep it beside the value. */
export interface DetachedUnknownFields {
  readonly writer: {
    readonly format: 'AVRO'
    /** The writer schema's text. */
    readonly text: string
    /** Texts of the schemas that it refers to by name, dependencies first. */
    readonly references?: readonly string[]
  }
  /** The value as it stood, under the writer's schema, in base64. */
  readonly payload: string
}

/**
 * What a whole decoded value carries, to be put on again by {@link attach}: the value under its writer's schema. `undefined` where it carries
 * nothing.
 * @throws EvolveError `unknown-field-loss` where the writer's schema cannot say the value as it stands: detach before such an edit.
 */
export function detach(value: unknown): DetachedUnknownFields | undefined {
  const resolution = carriedIn(value, datumLimits.depth)?.resolution as AvroResolution | undefined
  if (resolution === undefined) return undefined
  const { writer } = resolution
  const references = schemaReferences(writer)
  const text = schemaText(writer)
  if (text === undefined)
    throw new EvolveError('invalid-options', 'the value was read with a part of a schema, which has no text of its own')
  return {
    writer: references.length > 0 ? { format: 'AVRO', text, references } : { format: 'AVRO', text },
    payload: resolution.encode(value).toString('base64'),
  }
}

/** Writers' schemas by their texts: one schema object for each, so that pairs are compiled once. */
const parsed = new BoundedMap<string, Schema>(1000)

/**
 * A copy of `value` that carries again what was {@link detach}ed from it, or from the value that it was made from. Root and fields find their
 * originals by name, elements of lists as {@link carry} finds them. `reader` is the definition, or the schema, that the value was read with.
 * @throws EvolveError `invalid-options` where `detached` is not what `detach` gave; what decoding throws.
 */
export function attach<T>(reader: SchemaLike, value: T, detached: DetachedUnknownFields, align?: Alignment): T {
  if (typeof detached?.payload !== 'string' || typeof detached.writer?.text !== 'string')
    throw new EvolveError('invalid-options', 'these are no detached unknown fields')
  const { text, references = [] } = detached.writer
  const writer = remember(parsed, JSON.stringify([text, ...references]), () =>
    parseSchema(text, { references, invalidDefaults: 'drop', invalidNames: 'keep' }),
  )
  const original = resolveSchemas(writer, schemaOf(reader), choicesFor(reader)).decode(Buffer.from(detached.payload, 'base64'))
  return carry(original, value, align)
}
