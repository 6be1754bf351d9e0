/** Runs actions one after another, in the order they were given. One that fails does not stop those behind it. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()

  /** What the action gives, once its turn has come and gone. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action)
    this.#last = result.catch(() => undefined)
    return result
  }
}
