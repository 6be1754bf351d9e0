import { EvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { checkSchemaText, checkSubject, isId, isVersion } from '../checks.ts'
import { isCompatibilityLevel } from '../compatibility/levels.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import { isJsonObject, type JsonObject } from '../json-copy.ts'
import type { SubjectVersion } from '../types.ts'
import { fingerprint, inVersion, storeOf } from './lock-store.ts'
import { lockfileVersion } from './lock-text.ts'
import type { LockedSubject, Lockfile } from './lockfile.ts'

/**
 * What the text of a lock file says. Everything is looked at, so that whoever starts on it hears of damage then and not later.
 * @throws EvolveError `registry-corrupt` that names the entry at fault: malformed, not the text of its fingerprint, one ID for two schemas.
 */
export function parseLockfile(text: string): Lockfile {
  const json = parseJson(text)
  // Other programs keep lock files, too, some with a lockfileVersion.
  if (!isJsonObject(json) || (json.subjects === undefined && json.lockfileVersion !== lockfileVersion))
    throw corrupt('it is no lock file of kafka-evolve', 'write one with `kafka-evolve pull`')
  const members = only(json, 'the lock file', ['lockfileVersion', 'subjects'])
  if (members.lockfileVersion !== lockfileVersion) {
    const hint = 'a later version of kafka-evolve may have written it'
    throw corrupt(`lockfileVersion is ${JSON.stringify(members.lockfileVersion)}, not ${lockfileVersion}`, hint)
  }
  const lockfile = Object.freeze({ subjects: Object.freeze(list(members.subjects, 'subjects').map(lockedSubject)) })
  storeOf(lockfile)
  return lockfile
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const hint = /^(<<<<<<<|=======|>>>>>>>)/m.test(text) ? 'it holds a merge conflict: take one side, then pull again' : undefined
    throw corrupt('it is not JSON', hint, error)
  }
}

function lockedSubject(value: unknown, index: number): LockedSubject {
  const { subject, compatibility, versions, deleted } = only(value, `entry ${index} of subjects`, [
    'subject',
    'compatibility',
    'versions',
    'deleted',
  ])
  if (typeof subject !== 'string' || !isSubject(subject)) throw corrupt(`entry ${index} of subjects names no subject`)
  if (compatibility !== undefined && !isCompatibilityLevel(compatibility))
    throw corrupt(`the compatibility of subject ${subject} is no level`)
  const entries = (part: unknown, name: string): readonly SubjectVersion[] =>
    Object.freeze(list(part, `${name} of subject ${subject}`).map((entry, at) => lockedVersion(subject, entry, `entry ${at} of ${name}`)))
  return Object.freeze({
    subject,
    ...(compatibility === undefined ? {} : { compatibility }),
    versions: entries(versions, 'versions'),
    ...(deleted === undefined ? {} : { deleted: entries(deleted, 'deleted') }),
  })
}

const versionMembers = ['version', 'id', 'format', 'fingerprint', 'crc64', 'text', 'references', 'metadata', 'ruleSet'] as const

function lockedVersion(subject: string, value: unknown, place: string): SubjectVersion {
  const members = only(value, `${place} of subject ${subject}`, versionMembers)
  const { version, id } = members
  if (!isVersion(version)) throw corrupt(`${place} of subject ${subject} has no version number`)
  return inVersion(subject, version, () => {
    if (!isId(id)) throw corrupt('it has no ID')
    const schema = schemaOf(members)
    checkSchemaText(schema, subject)
    if (members.fingerprint !== fingerprint(schema)) {
      throw corrupt('its text is not the one that the fingerprint was made of', 'never edit a lock file by hand: pull it again')
    }
    return subjectVersion(subject, version, registeredSchema(id, schema))
  })
}

/** Of no more than the right types: {@link checkSchemaText} looks at the rest. */
function schemaOf({ format, text, references, metadata, ruleSet, crc64 }: JsonObject): SchemaText {
  if (crc64 !== undefined && !(typeof crc64 === 'string' && /^[0-9a-f]{16}$/.test(crc64))) throw corrupt('its crc64 is not 16 digits')
  return {
    format: format as SchemaText['format'],
    text: text as string,
    references: references as SchemaText['references'],
    metadata: metadata as SchemaText['metadata'],
    ruleSet: ruleSet as SchemaText['ruleSet'],
  }
}

function isSubject(subject: string): boolean {
  try {
    checkSubject(subject)
    return true
  } catch {
    return false
  }
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw corrupt(`${what} is not a list`)
  return value
}

/** The members of an object, all of them known: one that is misspelled would be missing without a word. */
function only(value: unknown, what: string, known: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw corrupt(`${what} is not a JSON object`)
  const stranger = Object.keys(value).find((name) => !known.includes(name))
  if (stranger !== undefined) throw corrupt(`${what} has the unknown member ${JSON.stringify(stranger)}`)
  return value
}

function corrupt(problem: string, hint?: string, cause?: unknown): EvolveError {
  return new EvolveError('registry-corrupt', problem, { hint }, cause)
}
