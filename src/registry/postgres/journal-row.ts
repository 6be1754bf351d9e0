import { hash } from 'node:crypto'
import { EvolveError } from '../../errors.ts'
import { meaningKey } from '../schema-key.ts'
import { changeJson } from '../state/change-json.ts'
import type { StoreChange } from '../state/changes.ts'
import { splitSubject } from '../state/qualified-subject.ts'
import type { Row } from './session.ts'

/** A place in the journal: behind the row `seq`, 0 before the first. */
export interface Position {
  readonly seq: number
  /** Stands for that row and all before it. Empty before the first. */
  readonly chain: Buffer
}

const nothing = Buffer.alloc(0)

/** Before the first row. */
export const journalStart: Position = { seq: 0, chain: nothing }

/** A row of the journal, with the schema that it brings. */
export interface JournalRow extends Position {
  /** The change as JSON, without the schema. */
  readonly record: string
  /** What the schema means (`meaningKey`, as bytes), where the row brings one. */
  readonly schemaHash: Buffer | undefined
  /** The schema as JSON; `undefined` also where it was purged since. */
  readonly body: string | undefined
}

/** What else a row says, for constraints and for people who look. */
export interface RowColumns {
  readonly type: StoreChange['type']
  readonly context: string | undefined
  readonly subject: string | undefined
  readonly version: number | undefined
  readonly schemaId: number | undefined
}

/** The row that a change becomes behind a position. */
export function rowOf(change: StoreChange, { seq, chain }: Position): JournalRow {
  const { schema, ...record } = changeJson(change)
  const text = JSON.stringify(record)
  const body = schema === undefined ? undefined : JSON.stringify(schema)
  const schemaHash = change.type === 'version' && body !== undefined ? Buffer.from(meaningKey(change.entry), 'base64') : undefined
  return { seq: seq + 1, chain: chainOf(chain, schemaHash, text), record: text, schemaHash, body }
}

export function columnsOf(change: StoreChange): RowColumns {
  const { type } = change
  if (type === 'reserve') return { type, context: change.context, subject: undefined, version: undefined, schemaId: change.id }
  const subject = type === 'version' ? change.entry.subject : change.subject
  const [version, schemaId] = type === 'version' ? [change.entry.version, change.entry.id] : []
  return { type, context: subject === undefined ? undefined : splitSubject(subject).context, subject, version, schemaId }
}

/** Reads a row of `seq`, `chain`, `record`, `schema_hash` and `body`. @throws EvolveError `registry-corrupt`. */
export function readRow(row: Row): JournalRow {
  const { chain, record, schema_hash: schemaHash, body } = row
  const seq = Number(row.seq)
  if (!Number.isSafeInteger(seq) || !Buffer.isBuffer(chain) || typeof record !== 'string') {
    throw new EvolveError('registry-corrupt', `row ${String(row.seq)} of the journal is not one of a registry`)
  }
  return {
    seq,
    chain,
    record,
    schemaHash: Buffer.isBuffer(schemaHash) ? schemaHash : undefined,
    body: typeof body === 'string' ? body : undefined,
  }
}

/** Throws `registry-corrupt` unless the row is the one that follows the position, as it was written. */
export function checkFollows(row: JournalRow, { seq, chain }: Position): void {
  if (row.seq !== seq + 1)
    throw new EvolveError('registry-corrupt', `row ${seq + 1} of the journal is missing: row ${row.seq} follows row ${seq}`)
  if (!row.chain.equals(chainOf(chain, row.schemaHash, row.record))) {
    throw new EvolveError('registry-corrupt', `row ${row.seq} of the journal was altered, or one before it`)
  }
  if (row.body !== undefined && row.schemaHash === undefined) throw altered(row)
}

/**
 * The change of a row. Where the schema that it brings is gone, and something else stands for it, it has the meaning that the row says; where it is there, it must mean that.
 * @throws EvolveError `registry-corrupt`.
 */
export function withMeaning(change: StoreChange, row: JournalRow): StoreChange {
  if (change.type !== 'version' || row.schemaHash === undefined) return change
  const meaning = row.schemaHash.toString('base64')
  if (row.body === undefined) return { ...change, meaning }
  if (meaning !== meaningKey(change.entry)) throw altered(row)
  const { metadata, ruleSet } = change.entry
  return metadata === undefined && ruleSet === undefined ? { ...change, key: meaning } : change
}

function altered({ seq }: JournalRow): EvolveError {
  return new EvolveError('registry-corrupt', `the schema that row ${seq} of the journal brings was altered`)
}

/**
 * The record of a row, with its schema put back. Where that was purged, something stands for it that no schema is like: the row that purged it
 * follows, and until then its ID and versions must count.
 */
export function recordOf(row: JournalRow): unknown {
  const record: unknown = JSON.parse(row.record)
  if (row.schemaHash === undefined || typeof record !== 'object' || record === null) return record
  const schema: unknown = row.body === undefined ? { format: 'PROTOBUF', text: `purged, row ${row.seq}` } : JSON.parse(row.body)
  return { ...record, schema }
}

function chainOf(before: Buffer, schemaHash: Buffer | undefined, record: string): Buffer {
  return hash('sha256', Buffer.concat([before, schemaHash ?? nothing, Buffer.from(record)]), 'buffer')
}
