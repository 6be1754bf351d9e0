import { type AvscType, avscLogicalTypes, isAvscType } from '../../schema/avsc.ts'
import { nameOf } from '../../schema/default.ts'
import type { AvroLiteral, AvroOptions, NoOptions, ReadOf, WriteOf } from '../../schema/literal.ts'
import { parseSchema, schemaText } from '../../schema/parse.ts'
import type { SchemaReference } from '../../schema/text.ts'
import { type AvroChoices, choicesOf } from './choices.ts'
import { type AvroDefinition, avroCodec } from './codec.ts'

/** Options of {@link avro}: how values look, and what the schema refers to. */
export interface AvroDefinitionOptions extends AvroOptions, Pick<AvroChoices, 'limits' | 'unknownSymbols'> {
  /** Where the registry keeps the schemas of `references`, in the same order. */
  readonly registeredReferences?: readonly SchemaReference[]
}

/**
 * States a schema as the application wants its data: the reader's on consumption, the writer's on production. The types
 * of its values are inferred from the literal (no `as const` needed); a schema given as JSON text, or as a type of avsc, has values of `unknown`.
 * An avsc type brings its logical types along; longs, unions and limits follow `options`, as everywhere.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the schema.
 */
export function avro(type: AvscType, options?: AvroDefinitionOptions): AvroDefinition<unknown, unknown>
export function avro<const L extends AvroLiteral, const O extends AvroDefinitionOptions = NoOptions>(
  literal: L,
  options?: O,
): AvroDefinition<NoInfer<ReadOf<L, O>>, NoInfer<WriteOf<L, O>>>
export function avro(literal: AvroLiteral | AvscType, options: AvroDefinitionOptions = {}): AvroDefinition<unknown, unknown> {
  const schema = parseSchema(literal as string | object, { references: (options.references ?? []) as readonly (string | object)[] })
  const references = options.registeredReferences
  const text = schemaText(schema) as string
  const definition: AvroDefinition<unknown, unknown> = {
    codec: avroCodec,
    schema,
    source: Object.freeze(references === undefined ? { format: 'AVRO', text } : { format: 'AVRO', text, references }),
    name: nameOf(schema),
    choices: choicesOf(isAvscType(literal) ? withTypesOf(literal, options) : options),
  }
  return Object.freeze(definition)
}

/** The options with the logical types of an avsc type beside those given. */
function withTypesOf(type: AvscType, options: AvroDefinitionOptions): AvroDefinitionOptions {
  const { logicalTypes = 'standard' } = options
  const own = avscLogicalTypes(type)
  if (logicalTypes === 'none' || Object.keys(own).length === 0) return options
  return { ...options, logicalTypes: logicalTypes === 'standard' ? own : { ...own, ...logicalTypes } }
}
