import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { SchemaStore } from '../state/store.ts'
import { type LogPosition, logStart, readRecords } from './log-format.ts'
import { addRecord, checkTornHead, type OnChange, type OnUnknown, readHead } from './records.ts'

/** What a log does not say itself. */
export interface LogSettings {
  /** For a log that is empty. */
  readonly firstId: number
  /** The compatibility level where the log sets none. */
  readonly level: CompatibilityLevel
  readonly onUnknown: OnUnknown
  /** Told of each change before it is made. */
  readonly onChange?: OnChange | undefined
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
export function loadLog(bytes: Buffer, settings: LogSettings): LoadedLog {
  const loading = new LogLoading(settings)
  loading.add(bytes)
  return loading.end()
}

/** Reads a log piece by piece, so that its bytes are not in memory beside what they say. */
export class LogLoading {
  readonly #settings: LogSettings
  #log: LoadedLog | undefined
  /** What is not yet a whole record. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(settings: LogSettings) {
    this.#settings = settings
  }

  /** The next bytes of the log. @throws EvolveError `registry-corrupt`. */
  add(piece: Buffer): void {
    const { level, onUnknown, onChange } = this.#settings
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    this.#rest = bytes
    const [head] = this.#log === undefined ? readRecords(bytes, logStart) : []
    if (head !== undefined) {
      const firstId = readHead(head)
      this.#log = { store: new SchemaStore(firstId, level), firstId, end: head.end }
    }
    if (this.#log === undefined) return
    const from = head?.end.offset ?? 0
    const { store, end } = this.#log
    const next = extendLog(store, bytes.subarray(from), end, onUnknown, onChange)
    this.#log = { ...this.#log, end: next }
    this.#rest = bytes.subarray(from + next.offset - end.offset)
  }

  /** All that was said. @throws EvolveError `registry-corrupt`. */
  end(): LoadedLog {
    if (this.#log !== undefined) return this.#log
    checkTornHead(this.#rest)
    return { store: new SchemaStore(this.#settings.firstId, this.#settings.level), firstId: undefined, end: logStart }
  }
}

/** Adds the whole records in `bytes`, which start at `from`; gives the place behind the last. @throws EvolveError `registry-corrupt`. */
export function extendLog(store: SchemaStore, bytes: Buffer, from: LogPosition, onUnknown: OnUnknown, onChange?: OnChange): LogPosition {
  let end = from
  for (const record of readRecords(bytes, from)) {
    addRecord(store, record, onUnknown, onChange)
    end = record.end
  }
  return end
}
