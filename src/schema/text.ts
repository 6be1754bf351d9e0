/** Schema languages, by the names that registries use for them. */
export type SchemaFormat = 'AVRO' | 'PROTOBUF' | 'JSON'

/** A schema that another one refers to by name, as registries keep it. */
export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A schema as text: what is registered and what is given back, character for character. */
export interface SchemaText {
  readonly format: SchemaFormat
  readonly text: string
  readonly references?: readonly SchemaReference[] | undefined
  /** Tags and properties of Confluent's data contracts: kept and given back. Schemas that differ in it are two schemas. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  /** Rules of Confluent's data contracts: kept and given back, never carried out. Schemas that differ in it are two schemas. */
  readonly ruleSet?: Readonly<Record<string, unknown>> | undefined
}
