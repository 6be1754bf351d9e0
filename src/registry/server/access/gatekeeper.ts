import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { EvolveError } from '../../../errors.ts'
import { BoundedMap } from '../../../schema/bounded-map.ts'
import { Queue } from '../../queue.ts'
import { isPassword, type PasswordHash, readPasswordHash } from './password.ts'
import { type Principal, principal } from './rights.ts'
import type { AccessRules } from './rules.ts'

/** Most passwords that wait to be hashed: one at a time is, so that guessing takes no more than one thread. */
const maxWaiting = 64
const maxRemembered = 4_096
const nobody: PasswordHash = { N: 16_384, r: 8, p: 1, salt: randomBytes(16), hash: randomBytes(32) }

interface KnownUser {
  readonly principal: Principal
  /** The password's digest, or its slow hash. */
  readonly password: Buffer | PasswordHash
}

/** Tells who asks by what stands in `Authorization`. */
export class Gatekeeper {
  /** Secrets are compared by digests under a key that lives as long as this: how long that takes says nothing of them. */
  readonly #key = randomBytes(32)
  readonly #users = new Map<string, KnownUser>()
  readonly #tokens = new Map<string, Principal>()
  readonly #anonymous: Principal | undefined
  readonly #hasHashes: boolean
  readonly #verdicts = new BoundedMap<string, boolean>(maxRemembered)
  readonly #queue = new Queue()
  #waiting = 0
  /** For `WWW-Authenticate`. */
  readonly challenge: string

  constructor({ users = [], tokens = [], anonymous }: AccessRules) {
    for (const { name, password, passwordHash, rights } of users) {
      const hash = passwordHash === undefined ? undefined : readPasswordHash(passwordHash)
      this.#users.set(name, { principal: principal(name, rights), password: hash ?? this.#digest(password ?? '') })
    }
    for (const { name, token, tokenHash, rights } of tokens) {
      this.#tokens.set(this.#tokenKey(tokenHash ?? sha256(token ?? '')), principal(name, rights))
    }
    this.#anonymous = anonymous === undefined ? undefined : principal(undefined, anonymous)
    this.#hasHashes = users.some(({ passwordHash }) => passwordHash !== undefined)
    this.challenge =
      tokens.length > 0 && users.length === 0 ? 'Bearer realm="schema registry"' : 'Basic realm="schema registry", charset="UTF-8"'
  }

  /**
   * Who it is; `undefined` when that cannot be said: no credentials where some are needed, or wrong ones.
   * @throws EvolveError `registry-unavailable` when too many passwords wait to be checked.
   */
  async identify(authorization: string | undefined): Promise<Principal | undefined> {
    if (authorization === undefined) return this.#anonymous
    const [, scheme = '', rest = ''] = /^(\S+) +(\S+) *$/.exec(authorization) ?? []
    if (scheme.toLowerCase() === 'bearer') return this.#tokens.get(this.#tokenKey(sha256(rest)))
    if (scheme.toLowerCase() !== 'basic') return undefined
    const pair = Buffer.from(rest, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    return colon === -1 ? undefined : this.#withPassword(pair.slice(0, colon), pair.slice(colon + 1))
  }

  async #withPassword(name: string, password: string): Promise<Principal | undefined> {
    const user = this.#users.get(name)
    if (user !== undefined && Buffer.isBuffer(user.password)) {
      return timingSafeEqual(user.password, this.#digest(password)) ? user.principal : undefined
    }
    // A name that is not there takes as long as one that is.
    const known = user === undefined && this.#hasHashes ? nobody : user?.password
    if (known === undefined || Buffer.isBuffer(known)) return undefined
    return (await this.#check(name, password, known)) ? user?.principal : undefined
  }

  /** Hashing is slow on purpose: what was found out of a name and password is remembered. */
  async #check(name: string, password: string, hash: PasswordHash): Promise<boolean> {
    const key = this.#digest(`${name}:${password}`).toString('base64')
    const verdict = this.#verdicts.get(key)
    if (verdict !== undefined) return verdict
    if (this.#waiting >= maxWaiting) throw new EvolveError('registry-unavailable', 'too many passwords wait to be checked')
    this.#waiting += 1
    try {
      const found = await this.#queue.run(async () => this.#verdicts.get(key) ?? isPassword(password, hash))
      this.#verdicts.set(key, found)
      return found
    } finally {
      this.#waiting -= 1
    }
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }

  #tokenKey(hash: string): string {
    return this.#digest(`token:${hash}`).toString('base64')
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
