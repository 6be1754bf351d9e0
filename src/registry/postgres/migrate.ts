import { EvolveError } from '../../errors.ts'
import { knownFormat, scriptsAfter } from './migrations.ts'
import type { Session } from './session.ts'
import { literal, type Tables } from './tables.ts'

/** `json` with escapes that `jsonb` refuses, generated columns, SHA-256: what the tables need. */
const oldestServer = 120_000

/** Throws unless this is a server, and a database, that can hold a registry and be written to. */
export async function checkDatabase(session: Session, timeoutMs: number): Promise<void> {
  const sql = `SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS version,
    current_setting('server_encoding') AS encoding, current_database() AS name,
    current_setting('transaction_read_only') = 'on' AS readonly, pg_is_in_recovery() AS standby`
  const { number, version, encoding, name, readonly, standby } = (await session.query(sql, [], timeoutMs)).rows[0] ?? {}
  if (typeof number !== 'number' || number < oldestServer) {
    throw new EvolveError('invalid-options', `this is PostgreSQL ${String(version)}, and a registry needs 12 or later`)
  }
  if (encoding !== 'UTF8') {
    const hint = 'createdb --encoding=UTF8 --template=template0 <name>'
    throw new EvolveError('invalid-options', `the database ${String(name)} has the encoding ${String(encoding)}; a registry needs UTF8`, {
      hint,
    })
  }
  if (readonly === true) {
    const reason = standby === true ? 'it is a hot standby' : 'its transactions are read-only by default'
    const hint = 'name the primary in the URL'
    throw new EvolveError('registry-unavailable', `the database ${String(name)} cannot be written: ${reason}`, { hint })
  }
}

/**
 * Makes the tables, or brings them to the format that this code knows; where they have it, nothing is done and no right to change them is needed.
 * Any number of nodes may do so at once.
 */
export async function migrate(session: Session, tables: Tables, firstId: number, timeoutMs: number): Promise<void> {
  if ((await formatOf(session, tables, timeoutMs)) === knownFormat) return
  const key = literal(`kafka-evolve registry ${tables.schemaName}`)
  // Where there is no table yet there is no row to lock.
  await session.script(`BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`, 12 * timeoutMs)
  const format = (await formatOf(session, tables, timeoutMs)) ?? 0
  const missing = (await session.query('SELECT FROM pg_namespace WHERE nspname = $1', [tables.schemaName], timeoutMs)).rowCount === 0
  // IF NOT EXISTS asks for the right to create even where there is nothing to do.
  if (missing) await session.script(`CREATE SCHEMA ${tables.schema}`, timeoutMs)
  for (const script of scriptsAfter(format, tables, firstId)) await session.script(script, 12 * timeoutMs)
  await session.query(`UPDATE ${tables.registry} SET format = $1 WHERE format <> $1`, [knownFormat], timeoutMs)
  await session.script('COMMIT', timeoutMs)
}

/** Throws unless this is a format that this code can read and write. */
export function checkFormat(format: unknown, { schemaName }: Tables): asserts format is number {
  const place = `the schema ${JSON.stringify(schemaName)}`
  if (typeof format !== 'number') throw new EvolveError('registry-corrupt', `the table registry in ${place} has no row`)
  if (format <= knownFormat) return
  throw new EvolveError('registry-corrupt', `the tables in ${place} have the format ${format}, this code knows ${knownFormat}`, {
    hint: 'a later version of kafka-evolve has changed them: use that version, or a later one',
  })
}

async function formatOf(session: Session, tables: Tables, timeoutMs: number): Promise<number | undefined> {
  const found = await session.query(
    'SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
    [tables.schemaName, 'registry'],
    timeoutMs,
  )
  if (found.rowCount === 0) return undefined
  const { rows } = await session.query(`SELECT format FROM ${tables.registry}`, [], timeoutMs)
  const format = rows[0]?.format
  checkFormat(format, tables)
  return format
}
