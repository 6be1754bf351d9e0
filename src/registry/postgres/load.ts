import { EvolveError } from '../../errors.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { readRow } from './journal-row.ts'
import { checkFormat } from './migrate.ts'
import { Replica, type UnknownRow } from './replica.ts'
import type { Session } from './session.ts'
import { readAll, readMore } from './statements.ts'
import type { Tables } from './tables.ts'

/** What a journal does not say itself. */
export interface LoadSettings {
  /** What the user asks for; checked against what the registry was made with. */
  readonly firstId: number | undefined
  readonly level: CompatibilityLevel
  readonly onUnknown: (row: UnknownRow) => void
}

/** Reads the journal as it is at one moment, piece by piece. @throws EvolveError `registry-corrupt`, `invalid-options`; DatabaseFailure. */
export async function load(session: Session, tables: Tables, settings: LoadSettings, timeoutMs: number): Promise<Replica> {
  const made = (await session.script(readAll(tables), timeoutMs)).at(1)?.rows[0] ?? {}
  checkFormat(made.format, tables)
  const firstId = Number(made.first_id)
  if (settings.firstId !== undefined && settings.firstId !== firstId) {
    throw new EvolveError('invalid-options', `firstId is ${settings.firstId}, but this registry was made with ${firstId}`)
  }
  const replica = new Replica(firstId, settings.level, settings.onUnknown)
  let count = 0
  do count = await session.drain(readMore, timeoutMs, (rows) => replica.take(rows.map(readRow)))
  while (count > 0)
  await session.script('COMMIT', timeoutMs)
  return replica
}
