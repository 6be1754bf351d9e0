import { EvolveError } from '../../errors.ts'

/** PostgreSQL cuts longer names short, without an error. */
const maxNameBytes = 63

/** The registry's tables, as they are named in a statement. */
export interface Tables {
  /** As the user wrote it. */
  readonly schemaName: string
  readonly schema: string
  /** One row: the format of the tables, and the lock that a writer holds. */
  readonly registry: string
  /** Every change, in order; rows are added, never changed. */
  readonly journal: string
  /** The schema of each ID; no text any more where it was purged. */
  readonly schemas: string
  /** The versions of each subject. */
  readonly versions: string
  /** The function that takes IDs out of use. */
  readonly skipIds: string
}

/** @throws EvolveError `invalid-options` when PostgreSQL could not name a schema so. */
export function tablesIn(schemaName: string): Tables {
  const problem = nameProblem(schemaName)
  if (problem !== undefined) throw new EvolveError('invalid-options', `schema is not the name of a PostgreSQL schema: ${problem}`)
  const schema = quoted(schemaName)
  const named = (table: string): string => `${schema}.${quoted(table)}`
  return {
    schemaName,
    schema,
    registry: named('registry'),
    journal: named('journal'),
    schemas: named('schemas'),
    versions: named('versions'),
    skipIds: named('skip_ids'),
  }
}

/** A text as a literal. Right only while `standard_conforming_strings` is on, which it is unless somebody turned it off. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/**
 * The SHA-256 of a text, as an expression of which PostgreSQL knows that it always gives the same (`convert_to` is not such a one). A backslash would mean
 * something in a text that becomes bytes, and is doubled; it is written as its code, as what it means in a literal is a setting.
 */
export function hashOf(text: string): string {
  return `sha256(replace(${text}, chr(92), repeat(chr(92), 2))::bytea)`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return 'a text is needed'
  if (name.includes('\0') || !name.isWellFormed()) return 'it holds a character that no name may have'
  if (Buffer.byteLength(name) > maxNameBytes) return `it has more than ${maxNameBytes} bytes`
  if (name.startsWith('pg_') || name === 'information_schema') return 'the name is reserved'
  return undefined
}
