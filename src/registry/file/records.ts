import { isEvolveError } from '../../errors.ts'
import { isId } from '../checks.ts'
import { isJsonObject, type JsonObject } from '../json-copy.ts'
import { readChange } from '../state/change-json.ts'
import type { StoreChange } from '../state/changes.ts'
import type { SchemaStore } from '../state/store.ts'
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

/** A record that this code does not know. It stays in the log. */
export interface UnknownRecord {
  /** What the record says that it is. */
  readonly type: string
  /** Its first byte in the log. */
  readonly offset: number
}

/** Told of each record that is passed over. */
export type OnUnknown = (record: UnknownRecord) => void

/** Told of each change before it is made. */
export type OnChange = (store: SchemaStore, change: StoreChange) => void

/** Makes the change that a record says. @throws EvolveError `registry-corrupt` when it is malformed or contradicts what is there. */
export function addRecord(store: SchemaStore, { offset, value }: LogRecord, onUnknown: OnUnknown, onChange?: OnChange): void {
  const read = inRecord(offset, () => readChange(value, store))
  if ('unknown' in read) {
    // A later version of this code may know it. An ID that it names is taken.
    if (read.id !== undefined) store.reserve(read.id, read.context)
    onUnknown({ type: read.unknown, offset })
    return
  }
  for (const name of read.strangers) onUnknown({ type: `config with '${name}'`, offset })
  onChange?.(store, read.change)
  try {
    store.apply(read.change)
  } catch (error) {
    throw corrupt(offset, 'a record contradicts those before it', error)
  }
}

function inRecord<T>(offset: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isEvolveError(error)) throw error
    throw corrupt(offset, error.problem, error.cause)
  }
}

function object(value: unknown, offset: number): JsonObject {
  if (!isJsonObject(value)) throw corrupt(offset, 'a record is not a JSON object')
  return value
}
