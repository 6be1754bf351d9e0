import { parseSchema } from '../../schema/parse.ts'
import { remember } from '../../schema/remember.ts'
import type { Schema } from '../../schema/types.ts'
import type { Codec, Definition, UnknownFieldSet } from '../codec.ts'
import { carrierOf } from './carrier.ts'
import type { Choices } from './choices.ts'
import { datumLimits } from './limits.ts'
import { AvroResolution } from './resolution.ts'

/** A definition that also says how its values look. */
export interface AvroDefinition<out Out = unknown, in In = never> extends Definition<Out, In> {
  readonly schema: Schema
  readonly choices: Choices
}

const resolutions = new WeakMap<Schema, WeakMap<Choices, WeakMap<Schema, AvroResolution>>>()

/** The pair (writer, reader), compiled at the first call and kept as long as both schemas are. */
export function resolveSchemas(writer: Schema, reader: Schema, choices: Choices): AvroResolution {
  const byChoices = remember(resolutions, reader, () => new WeakMap<Choices, WeakMap<Schema, AvroResolution>>())
  const byWriter = remember(byChoices, choices, () => new WeakMap<Schema, AvroResolution>())
  return remember(byWriter, writer, () => new AvroResolution(writer, reader, choices))
}

/** Avro, binary encoding (Apache Avro 1.12). */
export const avroCodec: Codec<Schema> = {
  format: 'AVRO',
  parse(text: string, references: readonly string[] = []): Schema {
    // A schema from a registry only has to read what was written under it; its defaults matter to fresh records alone.
    return parseSchema(text, { references, invalidDefaults: 'drop' })
  },
  resolve(writer: Schema, reader: Definition): AvroResolution {
    return resolveSchemas(writer, reader.schema as Schema, (reader as AvroDefinition).choices)
  },
  carriedBy(value: unknown): UnknownFieldSet | undefined {
    return carriedBy(value, 0)
  },
}

function carriedBy(value: unknown, depth: number): UnknownFieldSet | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date || depth > datumLimits.depth)
    return undefined
  const own = carrierOf(value)
  if (own?.pair.resolution !== undefined) return own
  for (const part of Object.values(value)) {
    const inside = carriedBy(part, depth + 1)
    if (inside !== undefined) return inside
  }
  return undefined
}
