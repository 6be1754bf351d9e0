import { EvolveError } from '../../errors.ts'
import type { Tables } from './tables.ts'

/** Something that the database, or the way to it, refused. Its message is the database's, which holds no password. */
export class DatabaseFailure extends Error {
  /** SQLSTATE (PostgreSQL, appendix A), or the code of a network error; empty where there is none. */
  readonly code: string

  constructor(cause: unknown) {
    super(messageOf(cause), { cause })
    this.code = codeOf(cause)
  }

  /** Whether the same may succeed a moment later: the connection, a fail-over, a lock or an overload is at fault, not what was asked. */
  get passes(): boolean {
    if (this.code === '' || /^E[A-Z]/.test(this.code)) return true
    return /^(08|40|57)/.test(this.code) || passing.has(this.code)
  }

  /** Whether it is certain that the database is not reached or does not answer. */
  get isOutage(): boolean {
    return this.code === '' || /^(E[A-Z]|08|57P)/.test(this.code) || this.code === '53300'
  }
}

/** Not classes of their own: idle_in_transaction_session_timeout, read_only_sql_transaction, too_many_connections, lock_not_available. */
const passing: ReadonlySet<string> = new Set(['25P03', '25006', '53300', '55P03'])

/** What a caller is told. */
export function failureError(failure: DatabaseFailure, doing: string, { schemaName, schema }: Tables): EvolveError {
  const { code, message } = failure
  const say = (kind: ConstructorParameters<typeof EvolveError>[0], problem: string, hint?: string): EvolveError =>
    new EvolveError(kind, problem, { hint }, failure.cause)
  const plain = `PostgreSQL: cannot ${doing}: ${message}${code === '' ? '' : ` (${code})`}`
  switch (code) {
    case '55P03':
      return say('registry-locked', `${plain}; another node holds the lock of the registry`)
    case '57014':
    case 'EVOLVE_TIMEOUT':
      return say('registry-timeout', plain)
    case '25006':
      return say('registry-unavailable', `${plain}: the database is read-only, such as a hot standby`, 'name the primary in the URL')
    case '42501':
      return say('registry-rejected', plain, grantHint(schema))
    case '3D000':
    case '28000':
    case '28P01':
      return say('registry-rejected', plain, 'see to the user, the password and the database in the URL')
    case '3F000':
    case '42P01':
    case '42703':
      return say('registry-corrupt', `${plain}: the tables in the schema ${JSON.stringify(schemaName)} are not those of a registry`)
    default:
      if (/^23/.test(code)) return say('registry-corrupt', `${plain}: the tables and the journal contradict each other`)
      if (/^54/.test(code)) return say('limit-exceeded', plain)
      return say('registry-unavailable', plain)
  }
}

/** What the role of the registry must be allowed to do. */
function grantHint(schema: string): string {
  return (
    `GRANT USAGE ON SCHEMA ${schema} TO <role>; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO <role>; ` +
    `where there are no tables yet: GRANT CREATE, USAGE ON SCHEMA ${schema} TO <role>, or GRANT CREATE ON DATABASE <database> TO <role>`
  )
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
