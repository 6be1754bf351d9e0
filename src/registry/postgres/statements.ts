import type { StoreChange } from '../state/changes.ts'
import { columnsOf } from './journal-row.ts'
import type { PlannedRow } from './plan.ts'
import { hashOf, type Tables } from './tables.ts'

/** A statement and its values. */
interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** The most rows, and bytes of schemas, that are read while the lock is held. */
const lockedRows = 400
const lockedBytes = 256 * 1024
/** What a row takes beside its record and its schema, about. */
const rowBytes = 150

/** Rows with the schemas that they bring. Texts, as they were written: the driver would parse JSON. */
function rowsOf({ journal, schemas }: Tables): string {
  return `SELECT j.seq, j.chain, j.record::text AS record, j.schema_hash, s.body::text AS body FROM ${journal} j
    LEFT JOIN ${schemas} s ON j.schema_hash IS NOT NULL AND s.context_hash = j.context_hash AND s.id = j.schema_id`
}

/**
 * The chain of the row `seq`, then the rows behind it. The server itself gives up after `statementMs`: one that waits for something would go on doing so
 * when its client is long gone.
 */
export function readFrom(tables: Tables, seq: number, statementMs: number): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
    SET LOCAL statement_timeout = ${statementMs};
    SELECT seq, chain, NULL AS record, NULL AS schema_hash, NULL AS body FROM ${tables.journal} WHERE seq = ${seq}
      UNION ALL (${rowsOf(tables)} WHERE j.seq > ${seq}) ORDER BY seq;
    COMMIT`
}

/** The chain of the row `$1`. */
export function chainAt({ journal }: Tables): string {
  return `SELECT chain FROM ${journal} WHERE seq = $1`
}

/** Opens a reader of the whole journal at one moment. */
export function readAll(tables: Tables): string {
  return `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SELECT first_id, format FROM ${tables.registry};
    DECLARE journal_rows NO SCROLL CURSOR FOR ${rowsOf(tables)} ORDER BY j.seq`
}

/** The next rows of that reader; none at the end. */
export const readMore = 'FETCH 200 FROM journal_rows'

/**
 * Opens a writer: a transaction that holds the lock, then the rows behind a position, and the last row of all. One exchange, so that the lock is held as
 * short as can be. The timeouts let others go on when this process is stopped in the middle. A journal that was set to answer before it is on the disk
 * would break the promise of the registry.
 */
export function lockAndRead(tables: Tables, seq: number, lockMs: number, statementMs: number): string {
  const behind = `${rowsOf(tables)} WHERE j.seq > ${seq} ORDER BY j.seq LIMIT ${lockedRows}`
  return `BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL idle_in_transaction_session_timeout = ${statementMs};
    SET LOCAL lock_timeout = ${lockMs};
    SET LOCAL statement_timeout = ${lockMs + statementMs};
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
    SELECT format FROM ${tables.registry} FOR UPDATE;
    SET LOCAL lock_timeout = 0;
    SET LOCAL statement_timeout = ${statementMs};
    SELECT seq, chain FROM ${tables.journal} ORDER BY seq DESC LIMIT 1;
    SELECT * FROM (SELECT b.*, sum(coalesce(octet_length(body), 0) + octet_length(record) + ${rowBytes}) OVER (ORDER BY seq) AS bytes FROM (${behind}) b) c
      WHERE bytes <= ${lockedBytes} ORDER BY seq`
}

/** Takes the lock, only to be sure that whoever held it has ended. */
export function lockAlone({ registry }: Tables, lockMs: number): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = ${lockMs}; SELECT format FROM ${registry} FOR UPDATE`
}

/** A statement that adds rows to the journal, and how many it adds. */
export interface Insertion extends Statement {
  readonly rows: number
}

/**
 * Writes changes: the journal's rows, and with them, in the same statement, what the other tables say. All new versions in one statement; a change of another
 * kind can only be the last. Adds no row to the journal where the ID means, or has meant, another schema.
 */
export function insertChanges(tables: Tables, planned: readonly PlannedRow[]): readonly Insertion[] {
  const versions = planned.filter(({ change }) => change.type === 'version')
  const others = planned.filter(({ change }) => change.type !== 'version')
  return [...(versions.length === 0 ? [] : [insertVersions(tables, versions)]), ...others.map((one) => insertOther(tables, one))]
}

const journalColumns = '(seq, type, context, subject, version, schema_id, schema_hash, record, chain)'

function insertVersions({ journal, schemas, versions }: Tables, planned: readonly PlannedRow[]): Insertion {
  const rows = planned.map(({ change, row }) => ({ ...columnsOf(change), ...row }))
  const text = `WITH given AS (
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bytea[], $7::text[], $8::bytea[], $9::text[])
        AS g (seq, context, subject, version, schema_id, schema_hash, record, chain, body)),
    brought AS (INSERT INTO ${schemas} AS s (context, id, hash, body)
      SELECT context, schema_id, schema_hash, body::json FROM given WHERE body IS NOT NULL
      ON CONFLICT (context_hash, id) DO UPDATE SET body = excluded.body WHERE s.hash = excluded.hash RETURNING s.context, s.id),
    listed AS (INSERT INTO ${versions} (subject, version, context, schema_id) SELECT subject, version, context, schema_id FROM given)
    INSERT INTO ${journal} ${journalColumns}
      SELECT seq, 'version', context, subject, version, schema_id, schema_hash, record::json, chain FROM given g
      WHERE body IS NULL OR EXISTS (SELECT FROM brought b WHERE b.context = g.context AND b.id = g.schema_id)`
  const column = (name: keyof (typeof rows)[number]): unknown[] => rows.map((row) => row[name] ?? null)
  const names = ['seq', 'context', 'subject', 'version', 'schemaId', 'schemaHash', 'record', 'chain', 'body'] as const
  return { text, values: names.map(column), rows: rows.length }
}

function insertOther(tables: Tables, { change, row }: PlannedRow): Insertion {
  const { type, context, subject, version, schemaId } = columnsOf(change)
  const columns = [row.seq, type, context, subject, version, schemaId, row.schemaHash, row.record, row.chain]
  const inserted = `INSERT INTO ${tables.journal} ${journalColumns}
    SELECT $1::bigint, $2::text, $3::text, $4::text, $5::integer, $6::bigint, $7::bytea, $8::json, $9::bytea`
  const before = beside(tables, change)
  if (before === undefined) return { text: inserted, values: columns, rows: 1 }
  return { text: `WITH ${before.text} ${inserted}`, values: [...columns, ...before.values], rows: 1 }
}

function beside({ schemas, versions }: Tables, change: StoreChange): Statement | undefined {
  const hashed = hashOf('$4')
  const chosen = `subject_hash = ${hashed} AND version = ANY($10::integer[])`
  switch (change.type) {
    case 'delete':
      return { text: `marked AS (UPDATE ${versions} SET deleted = true WHERE ${chosen})`, values: [[...change.versions]] }
    case 'purge': {
      const gone = `gone AS (DELETE FROM ${versions} WHERE ${chosen} RETURNING context_hash, schema_id)`
      const kept = `SELECT FROM ${versions} v WHERE v.context_hash = s.context_hash AND v.schema_id = s.id
        AND NOT (v.subject_hash = ${hashed} AND v.version = ANY($10::integer[]))`
      const blanked = `blanked AS (UPDATE ${schemas} s SET body = NULL FROM gone
        WHERE s.context_hash = gone.context_hash AND s.id = gone.schema_id AND NOT EXISTS (${kept}))`
      return { text: `${gone}, ${blanked}`, values: [[...change.versions]] }
    }
    default:
      return undefined
  }
}
