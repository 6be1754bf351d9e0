import { maxReferences, maxSchemaLength } from '../../checks.ts'
import { compatibilityLevels } from '../../compatibility/levels.ts'
import { registryModes } from '../../settings/mode.ts'

/** A JSON Schema, as OpenAPI 3.0 has them. */
export type JsonSchema = Readonly<Record<string, unknown>>

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
const anyObject: JsonSchema = { type: 'object', nullable: true }
const id: JsonSchema = { type: 'integer', minimum: 0, maximum: 0xffff_ffff }
const version: JsonSchema = { type: 'integer', minimum: 1, maximum: 0x7fff_ffff }
const subject: JsonSchema = { type: 'string', minLength: 1, maxLength: 1_024 }
const schemaType: JsonSchema = { type: 'string', enum: ['AVRO', 'JSON', 'PROTOBUF'] }

/** Members of a config that are true or false. */
const flags: readonly string[] = ['validateFields', 'validateNewSchemas', 'validateRules']
/** Members of a config that are texts. */
const strings: readonly string[] = ['alias', 'aliasForDeks', 'compatibilityGroup', 'compatibilityPolicy']
/** A schema that registers. */
const example = '{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}'

const schemaParts = {
  schema: { type: 'string', description: 'The text of the schema, as it was registered.' },
  schemaType: { ...schemaType, description: 'Absent where it is AVRO.' },
  references: list(ref('Reference')),
  metadata: { type: 'object' },
  ruleSet: { type: 'object' },
  guid: { type: 'string', description: 'For clients that send Confluent-Accept-Unknown-Properties: true.' },
  deleted: { type: 'boolean', description: 'For those too, where it was deleted and not purged.' },
}

/** The schemas that operations refer to by name. */
export const componentSchemas: Readonly<Record<string, JsonSchema>> = {
  Error: {
    type: 'object',
    description: "What every refusal says. The first three digits of a code of five are the status; the codes are Confluent's.",
    required: ['error_code', 'message'],
    properties: { error_code: { type: 'integer' }, message: { type: 'string' } },
  },
  Reference: {
    type: 'object',
    description: 'A schema that another one names.',
    required: ['name', 'subject', 'version'],
    properties: { name: { type: 'string' }, subject, version },
  },
  NewSchema: {
    type: 'object',
    required: ['schema'],
    properties: {
      schema: { type: 'string', minLength: 1, maxLength: maxSchemaLength, example },
      schemaType: { type: 'string', enum: ['AVRO', 'JSON', 'PROTOBUF', null], nullable: true, default: 'AVRO' },
      references: { ...list(ref('Reference')), maxItems: maxReferences, nullable: true },
      metadata: anyObject,
      ruleSet: anyObject,
      id: { type: 'integer', minimum: -1, maximum: 0xffff_ffff, nullable: true, description: 'In mode IMPORT: the ID it has elsewhere.' },
      version: { type: 'integer', minimum: -1, maximum: 0x7fff_ffff, nullable: true, description: 'The version that it is to become.' },
    },
  },
  Schema: { type: 'object', required: ['schema'], properties: { subject, version, ...schemaParts } },
  Version: {
    type: 'object',
    required: ['subject', 'version', 'id', 'schema'],
    properties: { subject, version, id, ...schemaParts },
  },
  Versions: list(ref('Version')),
  Registered: { type: 'object', required: ['id'], properties: { id, version, ...schemaParts } },
  Verdict: {
    type: 'object',
    required: ['is_compatible'],
    properties: { is_compatible: { type: 'boolean' }, messages: list({ type: 'string' }) },
  },
  Config: {
    type: 'object',
    properties: {
      compatibilityLevel: { type: 'string', enum: compatibilityLevels },
      normalize: { type: 'boolean' },
      ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' }])),
      ...Object.fromEntries(strings.map((name) => [name, { type: 'string' }])),
      ...Object.fromEntries(
        ['defaultMetadata', 'overrideMetadata', 'defaultRuleSet', 'overrideRuleSet'].map((name) => [name, { type: 'object' }]),
      ),
    },
  },
  NewConfig: {
    type: 'object',
    description: 'Members that are not named stay as they are; null takes one back.',
    minProperties: 1,
    properties: {
      compatibility: { type: 'string', enum: [...compatibilityLevels, null], nullable: true },
      normalize: { type: 'boolean', nullable: true },
      ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean', nullable: true }])),
      ...Object.fromEntries(strings.map((name) => [name, { type: 'string', nullable: true }])),
      ...Object.fromEntries(['defaultMetadata', 'overrideMetadata', 'defaultRuleSet', 'overrideRuleSet'].map((name) => [name, anyObject])),
    },
  },
  Mode: {
    type: 'object',
    required: ['mode'],
    properties: { mode: { type: 'string', enum: [...registryModes, null], nullable: true, description: 'null takes it back.' } },
  },
  Uses: list({ type: 'object', required: ['subject', 'version'], properties: { subject, version } }),
  IdsInContexts: list({ type: 'object', required: ['context', 'id'], properties: { context: { type: 'string' }, id } }),
  Ids: list(id),
  Numbers: list({ type: 'integer' }),
  Number: { type: 'integer' },
  Texts: list({ type: 'string' }),
  Text: { type: 'string' },
  SchemaText: { description: 'The text of a schema alone, which is JSON but for PROTOBUF.' },
  Health: {
    type: 'object',
    required: ['status'],
    properties: { status: { type: 'string', enum: ['UP', 'DOWN'] }, reason: { type: 'string' } },
  },
  Anything: { type: 'object' },
}

/** What stands in paths, by the names of the routes. */
export const pathParameters: Readonly<Record<string, { readonly schema: JsonSchema; readonly description: string }>> = {
  subject: { schema: subject, description: 'A subject; :.context:name in another context than the default one.' },
  version: {
    schema: { anyOf: [version, { type: 'string', enum: ['latest', '-1'] }] },
    description: 'The number of a version, or latest (also -1).',
  },
  id: { schema: id, description: 'A schema ID.' },
  guid: { schema: { type: 'string', minLength: 1 }, description: 'The GUID of a schema.' },
  context: { schema: { type: 'string', minLength: 1 }, description: 'A context, with or without its dot.' },
}

/** As with Confluent's server, what is no flag counts as `false`, and what is no number as none. */
const flag = (description: string) => ({ schema: { anyOf: [{ type: 'boolean', default: false }, { type: 'string' }] }, description })
const text = (description: string) => ({ schema: { type: 'string' }, description })
const count = (description: string) => ({ schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] }, description })

/** What stands behind the question mark, by name. */
export const queryParameters: Readonly<Record<string, { readonly schema: JsonSchema; readonly description: string }>> = {
  deleted: flag('Those too that were deleted and not purged.'),
  deletedOnly: flag('Those alone that were deleted and not purged.'),
  deletedAsNegative: flag('Those too that were deleted, as negative numbers.'),
  subjectPrefix: text('Subjects that begin so; :.context: for a context, :*: for all.'),
  contextPrefix: text('Contexts that begin so.'),
  latestOnly: flag('Of each subject only the latest version.'),
  ruleType: text('Only schemas with a rule of this type.'),
  offset: count('How many to pass over.'),
  limit: count('How many at most; none or below 1: all that an answer holds.'),
  normalize: flag('Compare schemas by what they mean, and keep the normal text.'),
  verbose: flag('Say every reason, and not only the verdict.'),
  permanent: flag('For good. Only what was deleted before.'),
  defaultToGlobal: flag('What is in force, and not only what is set here.'),
  force: flag('Go to IMPORT although something is registered.'),
  recursive: flag('With the mode of a context those of its subjects.'),
  includeSubjects: flag('With the subjects that hold it.'),
  referenceFormat: text('qualified: references with their context.'),
  subject: text('A subject or a context that the ID is looked for in.'),
  key: text('Name of a property of the metadata.'),
  value: text('What that property is.'),
}
