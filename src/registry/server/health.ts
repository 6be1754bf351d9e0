import { isEvolveError } from '../../errors.ts'
import type { Registry } from '../types.ts'
import { isConfigurable } from './browsable.ts'

/** Longest that the store may take to answer when it is asked whether it is there. */
const patienceMs = 2_000

/** Whether the server can do its work. */
export class Health {
  readonly #registry: Registry
  #probe: Promise<boolean> | undefined
  /** It is being stopped. */
  stopping = false

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Whether questions can be answered from the store now. Many that ask at once ask the store once. */
  async isReady(): Promise<boolean> {
    if (this.stopping) return false
    this.#probe ??= probe(this.#registry).finally(() => {
      this.#probe = undefined
    })
    return (await this.#probe) && !this.stopping
  }
}

async function probe(registry: Registry): Promise<boolean> {
  const signal = AbortSignal.timeout(patienceMs)
  const late = new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }))
  return Promise.race([answers(registry, signal), late])
}

/** Asks for something that every store has at hand. That it does not know a schema is an answer, too. */
async function answers(registry: Registry, signal: AbortSignal): Promise<boolean> {
  try {
    await (isConfigurable(registry) ? registry.mode(undefined, { signal }) : registry.schemaById(0, { signal }))
    return true
  } catch (error) {
    return isEvolveError(error) && error.code === 'schema-not-found'
  }
}
