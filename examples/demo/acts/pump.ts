import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../ledger.ts'
import type { Stage } from '../stage/stage.ts'
import type { Fleet } from './fleet.ts'

/** Orders in one send at most. */
const largestSend = 500
/** While an upgrade is under way each writer sends one in so many of what is left, so that orders flow until it is done. */
const fraction = 10
const pauseMs = 40

/** Keeps all writers writing, and the books. */
export class Pump {
  readonly #stage: Stage
  readonly #fleet: Fleet
  readonly #ledger: Ledger
  #next = 1

  constructor(stage: Stage, fleet: Fleet, ledger: Ledger) {
    this.#stage = stage
    this.#fleet = fleet
    this.#ledger = ledger
  }

  /** Writes just so many orders: gently while the upgrade lasts, the rest in full sends when it is done. */
  async flow(count: number, upgrade: Promise<void>): Promise<void> {
    let left = count
    let upgrading = true
    const upgraded = upgrade.finally(() => {
      upgrading = false
    })
    upgraded.catch(() => undefined)
    const take = (most: number): { from: number; count: number } => {
      const taken = Math.min(left, most)
      const from = this.#next
      left -= taken
      this.#next += taken
      return { from, count: taken }
    }
    await Promise.all(
      this.#fleet.writers.map(async (name) => {
        while (left > 0) {
          // once an upgrade has drunk up its share it is only waited for
          const batch = take(upgrading ? Math.min(largestSend, Math.ceil(left / fraction)) : largestSend)
          this.#ledger.write(await this.#fleet.write(name, batch.from, batch.count))
          if (upgrading) await sleep(pauseMs)
          this.#stage.signal.throwIfAborted()
        }
      }),
    )
    await upgraded
  }
}
