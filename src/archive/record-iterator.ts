import type { ContainerBlock } from './block.ts'

type Step<T> = IteratorResult<T, undefined>

const END: Step<never> = Object.freeze({ done: true, value: undefined })

/**
 * The records of blocks, one by one. A generator would do the same; this costs a fraction of it for each record, as those of a block
 * that is there are given without waiting for anything.
 */
export class RecordIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #blocks: AsyncIterator<ContainerBlock<T>, undefined>
  #records: Iterator<T> | undefined
  /** The last step that waits, if one does: steps asked for meanwhile wait for it. */
  #waiting: Promise<unknown> | undefined

  readonly #close: () => Promise<void>

  /** `close` is called when the records are left early: blocks that nobody asked for yet have opened nothing that they could close. */
  constructor(blocks: AsyncIterator<ContainerBlock<T>, undefined>, close: () => Promise<void>) {
    this.#blocks = blocks
    this.#close = close
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Step<T>> {
    if (this.#waiting !== undefined || this.#records === undefined) return this.#after(() => this.#advance())
    try {
      const step = this.#records.next()
      if (step.done !== true) return Promise.resolve(step)
    } catch (error) {
      return this.#after(() => this.#fail(error))
    }
    return this.#after(() => this.#advance())
  }

  /** Leaves the rest unread and closes the source. */
  return(): Promise<Step<T>> {
    return this.#after(async () => {
      this.#records = undefined
      await this.#blocks.return?.()
      await this.#close()
      return END
    })
  }

  #after(action: () => Promise<Step<T>>): Promise<Step<T>> {
    const step = this.#waiting === undefined ? action() : this.#waiting.then(action, action)
    this.#waiting = step
    const settled = (): void => {
      if (this.#waiting === step) this.#waiting = undefined
    }
    step.then(settled, settled)
    return step
  }

  async #advance(): Promise<Step<T>> {
    for (;;) {
      try {
        const step = this.#records?.next()
        if (step !== undefined && step.done !== true) return step
      } catch (error) {
        return this.#fail(error)
      }
      this.#records = undefined
      const { done, value } = await this.#blocks.next()
      if (done === true) return END
      this.#records = value[Symbol.iterator]()
    }
  }

  async #fail(error: unknown): Promise<never> {
    this.#records = undefined
    await this.#blocks.return?.()
    throw error
  }
}
