import type { Credentials } from './credentials.ts'

/** One address of a registry. */
export interface Endpoint {
  /** Without credentials and without a slash at its end. */
  readonly base: string
  readonly credentials: Credentials
}

/** How long another address than the first is preferred once it has answered and the first has not. Milliseconds. */
const detourMs = 30_000

/** The addresses of one registry, in the order in which the user wants them asked. */
export class Endpoints {
  readonly #all: readonly Endpoint[]
  readonly #now: () => number
  #preferred = 0
  #returnAt = 0

  constructor(all: readonly Endpoint[], now: () => number = () => performance.now()) {
    this.#all = all
    this.#now = now
  }

  /** All addresses, each once: the one that worked last before the others; now and then the first, to see whether it is back. */
  round(): readonly Endpoint[] {
    let first = this.#preferred
    if (first !== 0 && this.#now() >= this.#returnAt) {
      // This caller tries it; the others do not wait for it meanwhile.
      this.#returnAt = this.#now() + detourMs
      first = 0
    }
    const order = [first, this.#preferred, ...this.#all.keys()]
    return [...new Set(order)].map((at) => this.#all[at]).filter((endpoint) => endpoint !== undefined)
  }

  /** Takes note that this address answered. */
  answered(endpoint: Endpoint): void {
    const at = this.#all.indexOf(endpoint)
    if (at === this.#preferred) return
    this.#preferred = at
    this.#returnAt = this.#now() + detourMs
  }
}
