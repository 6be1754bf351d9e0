import type { SchemaText } from '../../schema/text.ts'
import { isId, isReference, isVersion } from '../checks.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import type { SchemaStore } from '../store.ts'
import type { SubjectVersion } from '../types.ts'
import { corrupt, type LogRecord } from './log-format.ts'

const logName = 'kafka-evolve schemas'
const logVersion = 1

/** The first record of every log. */
export function headRecord(firstId: number): object {
  return { log: logName, version: logVersion, firstId }
}

/**
 * Throws `registry-corrupt` unless these bytes, which hold no whole record, can be the beginning of a log: another file that was named by
 * mistake must not be taken for one and cut.
 */
export function checkTornHead(bytes: Buffer): void {
  // Zeros: see the torn end of a log.
  const text = bytes.toString('latin1', 0, 4_096).replace(/\0+$/, '')
  const json = text.slice(18)
  const start = `{"log":"${logName}","version":`
  const isStart = /^[0-9a-f ]*$/.test(text.slice(0, 18)) && (start.startsWith(json) || json.startsWith(start))
  if (!isStart) throw corrupt(0, 'the file is not a log of schemas')
}

/** `firstId` of the first record. @throws EvolveError `registry-corrupt` when it is not one that this code can read. */
export function readHead({ offset, value }: LogRecord): number {
  const { log, version, firstId } = object(value, offset)
  if (log !== logName) throw corrupt(offset, 'the file is not a log of schemas')
  if (version !== logVersion) throw corrupt(offset, `the log has the format ${String(version)}, this code reads ${logVersion}`)
  if (!isId(firstId)) throw corrupt(offset, "'firstId' is not a schema ID")
  return firstId
}

/** The record of a new version. The text is left out where an earlier record with the same ID holds it. */
export function versionRecord(entry: SubjectVersion, isNewSchema: boolean): object {
  const { subject, version, id, format, text, references } = entry
  return isNewSchema
    ? { type: 'version', subject, version, id, schema: { format, text, references } }
    : { type: 'version', subject, version, id }
}

/** Adds what a record says. @throws EvolveError `registry-corrupt` when it is not a record of a version or contradicts what is there. */
export function addRecord(store: SchemaStore, { offset, value }: LogRecord): void {
  const { type, subject, version, id, schema } = object(value, offset)
  if (type !== 'version') throw corrupt(offset, `a record has the type '${String(type)}', which a later version of this code may know`)
  if (typeof subject !== 'string' || !isVersion(version) || !isId(id)) throw corrupt(offset, 'a record is not one of a version')
  if (schema === undefined && !store.has(id)) throw corrupt(offset, `a record refers to the schema ID ${id}, which no earlier one has`)
  const text = schema === undefined ? store.schemaById(id) : schemaText(schema, offset)
  try {
    store.add(subjectVersion(subject, version, registeredSchema(id, text)))
  } catch (error) {
    throw corrupt(offset, 'a record contradicts those before it', error)
  }
}

function schemaText(value: unknown, offset: number): SchemaText {
  const { format, text, references = [] } = object(value, offset)
  if (format !== 'AVRO' && format !== 'JSON' && format !== 'PROTOBUF') throw corrupt(offset, 'a schema has no known format')
  if (typeof text !== 'string') throw corrupt(offset, 'a schema has no text')
  if (!Array.isArray(references) || !references.every(isReference)) throw corrupt(offset, 'the references of a schema are malformed')
  return { format, text, references }
}

function object(value: unknown, offset: number): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt(offset, 'a record is not a JSON object')
  return value as Readonly<Record<string, unknown>>
}
