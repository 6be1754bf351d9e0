import type { Registry } from '../../types.ts'
import { type Reply, refuse } from '../reply.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { guarded } from './guard.ts'
import type { Principal } from './rights.ts'
import { type AccessRules, accessRules } from './rules.ts'

/** Whoever was let in, and the registry as it may use it. */
export interface Admitted {
  readonly registry: Registry
  /** For the log; `undefined` where nobody said who it is. */
  readonly name: string | undefined
}

/** Lets requests in, or refuses them. */
export class Admission {
  readonly #registry: Registry
  #gatekeeper: Gatekeeper | undefined
  #guarded = new WeakMap<Principal, Registry>()

  /** Without rules everybody may do everything. @throws EvolveError `invalid-options`. */
  constructor(registry: Registry, rules: AccessRules | undefined) {
    this.#registry = registry
    this.use(rules)
  }

  /** From now on other rules hold. @throws EvolveError `invalid-options`; then those before still hold. */
  use(rules: AccessRules | undefined): void {
    this.#gatekeeper = rules === undefined ? undefined : new Gatekeeper(accessRules(rules))
    this.#guarded = new WeakMap()
  }

  /** @throws EvolveError `registry-unavailable` when too many passwords wait to be checked. */
  async admit(authorization: string | undefined): Promise<Admitted | { readonly refusal: Reply }> {
    const gatekeeper = this.#gatekeeper
    if (gatekeeper === undefined) return { registry: this.#registry, name: undefined }
    const principal = await gatekeeper.identify(authorization)
    if (principal === undefined) return { refusal: refuse(401, 'Unauthorized', 40101) }
    const known = this.#guarded.get(principal) ?? guarded(this.#registry, principal)
    this.#guarded.set(principal, known)
    return { registry: known, name: principal.name }
  }

  /** The reply, with what a 401 has to say. */
  challenged(reply: Reply): Reply {
    if (reply.status !== 401 || this.#gatekeeper === undefined) return reply
    return { ...reply, headers: { ...reply.headers, 'www-authenticate': this.#gatekeeper.challenge } }
  }
}
