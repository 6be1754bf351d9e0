import { type AvscType, avscLogicalTypes, avscUnions, isAvscType } from '../../schema/avsc.ts'
import { nameOf } from '../../schema/default.ts'
import type { AvroLiteral, AvroOptions, NoOptions, ReadOf, WriteOf } from '../../schema/literal.ts'
import { parseSchema, schemaText } from '../../schema/parse.ts'
import type { SchemaReference } from '../../schema/text.ts'
import type { Schema } from '../../schema/types.ts'
import { type AvroChoices, choicesOf } from './choices.ts'
import { type AvroDefinition, avroCodec } from './codec.ts'
import type { Read, TypedSchema, Write } from './typed.ts'

/** Options of {@link avro}: how values look, and what the schema refers to. */
export interface AvroDefinitionOptions extends AvroOptions, Pick<AvroChoices, 'limits' | 'unknownSymbols'> {
  /** Where the registry keeps the schemas of `references`, in the same order. */
  readonly registeredReferences?: readonly SchemaReference[]
}

/**
 * States a schema as the application wants its data: the reader's on consumption, the writer's on production. The types
 * of its values are inferred from the literal (no `as const` needed); a schema given as JSON text, or as a type of avsc, has values of `unknown`. A schema that
 * was parsed already (`parseSchema`, `parseIdl`, a container's) is taken as it is.
 * An avsc type brings its logical types along, and `unions: 'wrapped'` where it wraps all of its unions; longs and limits follow `options`.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the schema.
 */
export function avro(type: AvscType, options?: AvroDefinitionOptions): AvroDefinition<unknown, unknown>
export function avro<L, P, const O extends AvroDefinitionOptions = NoOptions>(
  schema: TypedSchema<L, P>,
  options?: O,
): AvroDefinition<NoInfer<Read<L, P, O>>, NoInfer<Write<L, P, O>>>
export function avro<const L extends AvroLiteral, const O extends AvroDefinitionOptions = NoOptions>(
  literal: L,
  options?: O,
): AvroDefinition<NoInfer<ReadOf<L, O>>, NoInfer<WriteOf<L, O>>>
export function avro(literal: AvroLiteral | AvscType | Schema, options: AvroDefinitionOptions = {}): AvroDefinition<unknown, unknown> {
  const schema = parseSchema(literal as string | object, { references: (options.references ?? []) as readonly (string | object)[] })
  const references = options.registeredReferences
  const text = schemaText(schema) as string
  const definition: AvroDefinition<unknown, unknown> = {
    codec: avroCodec,
    schema,
    source: Object.freeze(references === undefined ? { format: 'AVRO', text } : { format: 'AVRO', text, references }),
    name: nameOf(schema),
    choices: choicesOf(isAvscType(literal) ? withChoicesOf(literal, options) : options),
  }
  return Object.freeze(definition)
}

/** The options with what an avsc type says of its values beside those given: its logical types, and whether it wraps unions. */
function withChoicesOf(type: AvscType, options: AvroDefinitionOptions): AvroDefinitionOptions {
  const { logicalTypes = 'standard', unions = avscUnions(type) } = options
  const own = avscLogicalTypes(type)
  if (logicalTypes === 'none' || Object.keys(own).length === 0) return { ...options, unions }
  return { ...options, unions, logicalTypes: logicalTypes === 'standard' ? own : { ...own, ...logicalTypes } }
}
