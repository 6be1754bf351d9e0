import type { SchemaText } from '../schema/text.ts'
import { isJsonObject, type JsonObject } from './json-copy.ts'
import type { RegistryConfig } from './settings/config.ts'

/** What a config says about the metadata and rule sets of schemas. */
export type ContractConfig = Pick<RegistryConfig, 'defaultMetadata' | 'overrideMetadata' | 'defaultRuleSet' | 'overrideRuleSet'>

/**
 * A schema with the metadata and the rule set that it is registered with, as with Confluent's registry (`maybeSetMetadataRuleSet`): its own, else those of
 * the version before it; over the defaults of the config, and under what that overrides. Where nothing changes, the very schema that was given.
 */
export function contracted(schema: SchemaText, previous: SchemaText | undefined, config: ContractConfig): SchemaText {
  const metadata = over(
    over(config.defaultMetadata, schema.metadata ?? previous?.metadata, mergedMetadata),
    config.overrideMetadata,
    mergedMetadata,
  )
  const ruleSet = over(over(config.defaultRuleSet, schema.ruleSet ?? previous?.ruleSet, mergedRules), config.overrideRuleSet, mergedRules)
  if (metadata === schema.metadata && ruleSet === schema.ruleSet) return schema
  return { ...schema, ...(metadata === undefined ? {} : { metadata }), ...(ruleSet === undefined ? {} : { ruleSet }) }
}

/** What the metadata of a schema says under this name; `undefined` where it says nothing. */
export function propertyOf({ metadata }: SchemaText, name: string): unknown {
  const properties = metadata?.properties
  return isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined
}

type Merge = (under: JsonObject, upper: JsonObject) => JsonObject

function over(under: JsonObject | undefined, upper: JsonObject | undefined, merge: Merge): JsonObject | undefined {
  return under === undefined || upper === undefined ? (upper ?? under) : merge(under, upper)
}

/** Tags and properties name by name; what is sensitive in either is. */
function mergedMetadata(under: JsonObject, upper: JsonObject): JsonObject {
  const maps = ['tags', 'properties'].flatMap((name) => joined(name, { ...objectOf(under[name]), ...objectOf(upper[name]) }))
  const sensitive = [...new Set([...listOf(under.sensitive), ...listOf(upper.sensitive)])].sort()
  return { ...under, ...upper, ...Object.fromEntries(maps), ...(sensitive.length === 0 ? {} : { sensitive }) }
}

/** List by list: the rules of the upper one behind those of the other that have other names. */
function mergedRules(under: JsonObject, upper: JsonObject): JsonObject {
  const lists = ['migrationRules', 'domainRules', 'encodingRules'].flatMap((name) => {
    const rules = listOf(upper[name])
    const names = new Set(rules.map(ruleName))
    const all = [...listOf(under[name]).filter((rule) => !names.has(ruleName(rule))), ...rules]
    return all.length === 0 ? [] : [[name, all] as const]
  })
  return { ...under, ...upper, ...Object.fromEntries(lists) }
}

function joined(name: string, map: JsonObject): readonly (readonly [string, JsonObject])[] {
  return Object.keys(map).length === 0 ? [] : [[name, map]]
}

function ruleName(rule: unknown): unknown {
  return isJsonObject(rule) ? rule.name : rule
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
