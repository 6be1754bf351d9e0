import { SchemaStore } from '../store.ts'
import { type LogPosition, logStart, readRecords } from './log-format.ts'
import { addRecord, checkTornHead, readHead } from './records.ts'

/** What a log says. */
export interface LoadedLog {
  readonly store: SchemaStore
  /** As the log's first record has it; `undefined` when the log is empty (or torn within its first record). */
  readonly firstId: number | undefined
  /** Behind the last whole record. */
  readonly end: LogPosition
}

/** Reads a whole log. `firstId` is for one that is empty. @throws EvolveError `registry-corrupt`. */
export function loadLog(bytes: Buffer, firstId: number): LoadedLog {
  const [head] = readRecords(bytes, logStart)
  if (head === undefined) {
    checkTornHead(bytes)
    return { store: new SchemaStore(firstId), firstId: undefined, end: logStart }
  }
  const stored = readHead(head)
  const store = new SchemaStore(stored)
  return { store, firstId: stored, end: extendLog(store, bytes.subarray(head.end.offset), head.end) }
}

/** Adds the whole records in `bytes`, which start at `from`; gives the place behind the last. @throws EvolveError `registry-corrupt`. */
export function extendLog(store: SchemaStore, bytes: Buffer, from: LogPosition): LogPosition {
  let end = from
  for (const record of readRecords(bytes, from)) {
    addRecord(store, record)
    end = record.end
  }
  return end
}
