import { createHash, type Hash } from 'node:crypto'
import type { SchemaText } from '../schema/text.ts'
import { isJsonObject, type JsonObject } from './json-copy.ts'

/** A schema never changes, and its GUID is asked for again and again. */
const known = new WeakMap<SchemaText, string>()

/**
 * The GUID of a schema: the MD5 of its text, references, metadata and rules, written as a UUID. For one text it is the GUID that Confluent's registry gives
 * (`Schema.updateHash` there), so it stands for the same schema in every registry.
 */
export function schemaGuid(schema: SchemaText): string {
  const made = known.get(schema) ?? hashOf(schema)
  known.set(schema, made)
  return made
}

function hashOf({ text, references = [], metadata, ruleSet }: SchemaText): string {
  const hash = createHash('md5').update(text)
  for (const { name, subject, version } of references) hash.update(name).update(subject).update(int32(version))
  // A byte tells what is there and empty from what is not there.
  if (metadata !== undefined) addMetadata(hash.update(one), metadata)
  if (ruleSet !== undefined) addRules(hash.update(one), ruleSet)
  const digits = hash.digest('hex')
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-')
}

const one = Buffer.from([1])

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function addMetadata(hash: Hash, { tags, properties, sensitive }: JsonObject): void {
  for (const [name, values] of sortedMembers(tags)) hash.update([name, ...sortedTexts(values)].join(''))
  addTexts(hash, properties)
  hash.update(sortedTexts(sensitive).join(''))
}

function addRules(hash: Hash, { migrationRules, domainRules, encodingRules, enableAt }: JsonObject): void {
  for (const rules of [migrationRules, domainRules, encodingRules]) {
    for (const rule of Array.isArray(rules) ? rules.filter(isJsonObject) : []) addRule(hash, rule)
  }
  hash.update(text(enableAt))
}

function addRule(hash: Hash, { name, doc, kind, mode, type, tags, params, expr, onSuccess, onFailure, disabled }: JsonObject): void {
  hash.update([name, doc, kind, mode, type].map(text).join('')).update(sortedTexts(tags).join(''))
  addTexts(hash, params)
  hash.update([expr, onSuccess, onFailure].map(text).join(''))
  if (disabled === true) hash.update(one)
}

function addTexts(hash: Hash, map: unknown): void {
  for (const [name, value] of sortedMembers(map)) hash.update(name).update(text(value))
}

function sortedMembers(value: unknown): readonly (readonly [string, unknown])[] {
  return isJsonObject(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : []
}

function sortedTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text).sort() : []
}

/** What is no text, which Confluent's registry refuses, counts as its JSON. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
}
