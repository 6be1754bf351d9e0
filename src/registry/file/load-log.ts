import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { SchemaStore } from '../state/store.ts'
import { type LogPosition, logStart, readRecords } from './log-format.ts'
import { addRecord, checkTornHead, type OnUnknown, readHead } from './records.ts'

/** What a log does not say itself. */
export interface LogSettings {
  /** For a log that is empty. */
  readonly firstId: number
  /** The compatibility level where the log sets none. */
  readonly level: CompatibilityLevel
  readonly onUnknown: OnUnknown
}

/** What a log says. */
export interface LoadedLog {
  readonly store: SchemaStore
  /** As the log's first record has it; `undefined` when the log is empty (or torn within its first record). */
  readonly firstId: number | undefined
  /** Behind the last whole record. */
  readonly end: LogPosition
}

/** Reads a whole log. @throws EvolveError `registry-corrupt`. */
export function loadLog(bytes: Buffer, { firstId, level, onUnknown }: LogSettings): LoadedLog {
  const [head] = readRecords(bytes, logStart)
  if (head === undefined) {
    checkTornHead(bytes)
    return { store: new SchemaStore(firstId, level), firstId: undefined, end: logStart }
  }
  const stored = readHead(head)
  const store = new SchemaStore(stored, level)
  return { store, firstId: stored, end: extendLog(store, bytes.subarray(head.end.offset), head.end, onUnknown) }
}

/** Adds the whole records in `bytes`, which start at `from`; gives the place behind the last. @throws EvolveError `registry-corrupt`. */
export function extendLog(store: SchemaStore, bytes: Buffer, from: LogPosition, onUnknown: OnUnknown): LogPosition {
  let end = from
  for (const record of readRecords(bytes, from)) {
    addRecord(store, record, onUnknown)
    end = record.end
  }
  return end
}
