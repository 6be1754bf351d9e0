import { parseSchema, schemaText } from '../../schema/parse.ts'
import type { Schema } from '../../schema/types.ts'
import type { Codec, Definition, UnknownFieldSet } from '../codec.ts'
import { carriedIn } from './carried-in.ts'
import { type Choices, refusingSymbols } from './choices.ts'
import { datumLimits } from './limits.ts'
import { type AvroResolution, resolveSchemas } from './resolution.ts'

/** A definition that also says how its values look. */
export interface AvroDefinition<out Out = unknown, in In = never> extends Definition<Out, In> {
  readonly schema: Schema
  readonly choices: Choices
}

/** Avro, binary encoding (Apache Avro 1.12). */
export const avroCodec: Codec<Schema> = {
  format: 'AVRO',
  parse(text: string, references: readonly string[] = []): Schema {
    // A schema from a registry only has to read what was written under it; its defaults matter to fresh records alone.
    return parseSchema(text, { references, invalidDefaults: 'drop', invalidNames: 'keep' })
  },
  resolve(writer: Schema, reader: Definition): AvroResolution {
    return resolveSchemas(writer, reader.schema as Schema, (reader as AvroDefinition).choices)
  },
  merge(writer: Schema, reader: Definition): { readonly schema: Schema; readonly text: string } | undefined {
    const pair = resolveSchemas(writer, reader.schema as Schema, (reader as AvroDefinition).choices)
    const schema = pair.merged
    const text = schema === undefined ? undefined : schemaText(schema)
    return schema === undefined || text === undefined ? undefined : { schema, text }
  },
  textOf: (schema: object) => schemaText(schema as Schema),
  strict(definition: Definition): AvroDefinition {
    const given = definition as AvroDefinition
    return Object.freeze({ ...given, choices: refusingSymbols(given.choices) })
  },
  carriedBy(value: unknown): UnknownFieldSet | undefined {
    return carriedIn(value, datumLimits.depth)
  },
}
