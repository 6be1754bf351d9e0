import type { AskedChange } from './asked-change.ts'

/** Most changes that are looked at together. */
const maxTogether = 200

/** Changes that wait for their turn: while some are made, others come together, and are made together after them. */
export class ChangeQueue {
  readonly #make: (asked: readonly AskedChange[]) => Promise<readonly AskedChange[]>
  #waiting: AskedChange[] = []
  #isRunning = false

  /** `make` sees to the first of the changes, and gives those that have to wait for another turn. It never rejects. */
  constructor(make: (asked: readonly AskedChange[]) => Promise<readonly AskedChange[]>) {
    this.#make = make
  }

  add(asked: AskedChange): void {
    this.#waiting.push(asked)
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      while (this.#waiting.length > 0) {
        const left = await this.#make(this.#waiting.splice(0, maxTogether))
        this.#waiting = [...left, ...this.#waiting]
      }
    } finally {
      this.#isRunning = false
    }
  }
}
