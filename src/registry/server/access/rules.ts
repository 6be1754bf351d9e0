import { EvolveError } from '../../../errors.ts'
import { readPasswordHash } from './password.ts'
import type { AccessRights, Right } from './rights.ts'

/** Somebody who comes with a name and a password (HTTP Basic). */
export interface AccessUser {
  readonly name: string
  /** In clear. Give this or `passwordHash`. */
  readonly password?: string
  /** As `hashPassword` or `kafka-evolve registry --hash-password` makes it. */
  readonly passwordHash?: string
  readonly rights: AccessRights
}

/** Somebody who comes with a bearer token. */
export interface AccessToken {
  /** For the log. */
  readonly name: string
  /** In clear. Give this or `tokenHash`. */
  readonly token?: string
  /** The SHA-256 of a token that was made by chance (at least 128 bits), in hexadecimal. */
  readonly tokenHash?: string
  readonly rights: AccessRights
}

/** Who may do what on a server. */
export interface AccessRules {
  readonly users?: readonly AccessUser[]
  readonly tokens?: readonly AccessToken[]
  /** Rights of whoever shows no credentials. Default: none. */
  readonly anonymous?: AccessRights
}

const rightNames: readonly Right[] = ['read', 'write', 'admin']
type Members = Readonly<Record<string, unknown>>

/**
 * Rules of access from plain data, such as the JSON of a file; each part checked.
 * @throws EvolveError `invalid-options` with the place of the fault. It quotes no secret.
 */
export function accessRules(value: unknown): AccessRules {
  const { users, tokens, anonymous } = members(value, '', ['users', 'tokens', 'anonymous'])
  const rules = {
    ...(users === undefined ? {} : { users: list(users, '/users').map((one, at) => user(one, `/users/${at}`)) }),
    ...(tokens === undefined ? {} : { tokens: list(tokens, '/tokens').map((one, at) => token(one, `/tokens/${at}`)) }),
    ...(anonymous === undefined ? {} : { anonymous: rights(anonymous, '/anonymous') }),
  }
  const names = (rules.users ?? []).map(({ name }) => name)
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at)
  if (twice !== -1) throw fault(`/users/${twice}/name`, 'another user has this name')
  return rules
}

function user(value: unknown, path: string): AccessUser {
  const { name, password, passwordHash, rights: own } = members(value, path, ['name', 'password', 'passwordHash', 'rights'])
  const known = text(name, `${path}/name`)
  if (known.includes(':')) throw fault(`${path}/name`, 'a user name holds no colon')
  if ((password === undefined) === (passwordHash === undefined)) throw fault(path, 'a user needs either password or passwordHash')
  if (passwordHash === undefined)
    return { name: known, password: text(password, `${path}/password`), rights: rights(own, `${path}/rights`) }
  const hash = text(passwordHash, `${path}/passwordHash`)
  if (readPasswordHash(hash) === undefined) throw fault(`${path}/passwordHash`, 'not a hash of the form scrypt:N:r:p:salt:hash')
  return { name: known, passwordHash: hash, rights: rights(own, `${path}/rights`) }
}

function token(value: unknown, path: string): AccessToken {
  const { name, token: clear, tokenHash, rights: own } = members(value, path, ['name', 'token', 'tokenHash', 'rights'])
  const known = { name: text(name, `${path}/name`), rights: rights(own, `${path}/rights`) }
  if ((clear === undefined) === (tokenHash === undefined)) throw fault(path, 'a token needs either token or tokenHash')
  if (tokenHash === undefined) return { ...known, token: text(clear, `${path}/token`) }
  const hash = text(tokenHash, `${path}/tokenHash`).toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(hash)) throw fault(`${path}/tokenHash`, 'not a SHA-256 in hexadecimal')
  return { ...known, tokenHash: hash }
}

function rights(value: unknown, path: string): AccessRights {
  const given = members(value, path, rightNames)
  const known = rightNames.filter((right) => given[right] !== undefined)
  return Object.fromEntries(
    known.map((right) => [right, list(given[right], `${path}/${right}`).map((one, at) => prefix(one, `${path}/${right}/${at}`))]),
  )
}

function prefix(value: unknown, path: string): string {
  if (typeof value !== 'string') throw fault(path, 'the beginning of a subject is a string')
  if (value.length > 1 && value.endsWith('*')) throw fault(path, 'a beginning of subjects goes without *')
  return value
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') throw fault(path, 'a text is needed, and not an empty one')
  return value
}

function list(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw fault(path, 'a list is needed')
  return value
}

function members(value: unknown, path: string, known: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(path, 'an object is needed')
  const stranger = Object.keys(value).find((name) => !known.includes(name))
  if (stranger !== undefined) throw fault(path, `the member '${stranger}' means nothing here: there are ${known.join(', ')}`)
  return value as Members
}

function fault(path: string, problem: string): EvolveError {
  return new EvolveError('invalid-options', `rules of access: ${problem}`, { path: path === '' ? '/' : path })
}
