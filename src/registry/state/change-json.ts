import { EvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { isId, isReference, isVersion } from '../checks.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import { isJsonObject, type JsonObject } from '../json-copy.ts'
import { knownMembers } from '../settings/config.ts'
import { configChange, modeChange } from '../settings/settings.ts'
import { isMeaning, type StoreChange } from './changes.ts'
import { contextOf, defaultContext, splitSubject } from './qualified-subject.ts'
import type { SchemaStore } from './store.ts'

/**
 * A change as a JSON object, its members in one order. The text of a schema is left out where an earlier change has brought it under the same ID; the
 * subject where the change is one for all; `null` takes a setting back. This form is on users' disks: it must be readable for ever.
 */
export function changeJson(change: StoreChange): JsonObject {
  switch (change.type) {
    case 'config':
      return { type: 'config', subject: change.subject, config: change.config ?? null }
    case 'mode':
      return { type: 'mode', subject: change.subject, mode: change.mode ?? null }
    case 'delete':
    case 'purge':
      return { type: change.type, subject: change.subject, versions: change.versions }
    case 'reserve':
      return {
        type: 'reserve',
        ...(change.context === defaultContext ? {} : { context: change.context }),
        id: change.id,
        ...(change.meanings === undefined ? {} : { meanings: change.meanings }),
      }
    default: {
      const { subject, version, id, format, text, references, metadata, ruleSet } = change.entry
      const schema = change.isNewSchema ? { schema: { format, text, references, metadata, ruleSet } } : {}
      return { type: 'version', subject, version, id, ...schema }
    }
  }
}

/** What a record says. */
export type ReadChange =
  /** `strangers`: members that this code does not know, passed over. */
  | { readonly change: StoreChange; readonly strangers: readonly string[] }
  /** A type that this code does not know, as a later version of it may write; an ID that the record names is taken, in the context that it names. */
  | { readonly unknown: string; readonly id: number | undefined; readonly context: string }

/**
 * The change that {@link changeJson} wrote. `store` has what earlier records said.
 * @throws EvolveError `registry-corrupt` when it is malformed.
 */
export function readChange(record: unknown, store: SchemaStore): ReadChange {
  const members = object(record)
  switch (members.type) {
    case 'version':
      return known(versionChange(members, store))
    case 'config':
    case 'mode':
      return settingChange(members)
    case 'delete':
    case 'purge':
      return known(removalChange(members.type, members))
    case 'reserve':
      return known(reserveChange(members))
    default:
      if (typeof members.type !== 'string') throw corrupt('a record does not say what it is')
      return { unknown: members.type, id: isId(members.id) ? members.id : undefined, context: contextIn(members) }
  }
}

function known(change: StoreChange): ReadChange {
  return { change, strangers: [] }
}

function versionChange({ subject, version, id, schema }: JsonObject, store: SchemaStore): StoreChange {
  if (typeof subject !== 'string' || !isVersion(version) || !isId(id)) throw corrupt('a record is not one of a version')
  const isNewSchema = !store.has(id, subject)
  // Before there were contexts, a subject named like one of a context shared the IDs of all others.
  const meant = isNewSchema ? '' : contextOf(subject)
  if (schema === undefined && !store.has(id, meant)) throw corrupt(`a record refers to the schema ID ${id}, which no earlier one has`)
  const text = schema === undefined ? store.schemaById(id, { subject: meant }) : schemaText(schema)
  const entry = subjectVersion(store.nameOf(subject), version, registeredSchema(id, text))
  const key = schema === undefined ? store.keyOf(id, meant) : undefined
  return { type: 'version', entry, isNewSchema, ...(key === undefined ? {} : { key }) }
}

function removalChange(type: 'delete' | 'purge', { subject, versions }: JsonObject): StoreChange {
  if (typeof subject === 'string' && Array.isArray(versions) && versions.every(isVersion)) return { type, subject, versions }
  throw corrupt(`a record is not one of a ${type}`)
}

function reserveChange({ context = defaultContext, id, meanings }: JsonObject): StoreChange {
  if (typeof context === 'string' && isId(id)) {
    if (meanings === undefined) return { type: 'reserve', context, id }
    if (Array.isArray(meanings) && meanings.every(isMeaning)) return { type: 'reserve', context, id, meanings }
  }
  throw corrupt('a record is not one of a reserve')
}

function settingChange({ type, subject, config, mode }: JsonObject): ReadChange {
  if (subject !== undefined && typeof subject !== 'string') throw corrupt('the subject of a record is not a string')
  try {
    if (type === 'mode') return known(modeChange(subject, mode ?? undefined))
    if (config === null) return known(configChange(subject, undefined))
    const members = knownMembers(object(config))
    return { change: configChange(subject, members.known), strangers: members.strangers }
  } catch (error) {
    throw corrupt(`a record is not one of a ${String(type)}`, error)
  }
}

function contextIn({ context, subject }: JsonObject): string {
  if (typeof context === 'string') return context
  return typeof subject === 'string' ? splitSubject(subject).context : defaultContext
}

function schemaText(value: unknown): SchemaText {
  const { format, text, references = [], metadata, ruleSet } = object(value)
  if (format !== 'AVRO' && format !== 'JSON' && format !== 'PROTOBUF') throw corrupt('a schema has no known format')
  if (typeof text !== 'string') throw corrupt('a schema has no text')
  if (!Array.isArray(references) || !references.every(isReference)) throw corrupt('the references of a schema are malformed')
  return {
    format,
    text,
    references,
    ...(metadata === undefined ? {} : { metadata: object(metadata) }),
    ...(ruleSet === undefined ? {} : { ruleSet: object(ruleSet) }),
  }
}

function object(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw corrupt('a record is not a JSON object')
  return value
}

function corrupt(problem: string, cause?: unknown): EvolveError {
  return new EvolveError('registry-corrupt', problem, {}, cause)
}
