import { orAborted } from '../../signals.ts'

interface Flight {
  readonly result: Promise<unknown>
  readonly controller: AbortController
  /** How many callers still wait for it. */
  waiting: number
}

/** Single flight: callers that want the same thing at the same time share one request. Keys do not wait for each other. */
export class Flights {
  readonly #flights = new Map<string, Flight>()

  /**
   * What `start` gives, or gave a caller that came a little earlier with the same key. A signal ends the wait of its own caller;
   * the request itself is aborted only when nobody waits for it any more.
   */
  async join<T>(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
    onJoin: (isUnderWay: boolean) => void,
  ): Promise<T> {
    signal?.throwIfAborted()
    const underWay = this.#flights.get(key)
    onJoin(underWay !== undefined)
    const flight = underWay ?? this.#launch(key, start)
    flight.waiting += 1
    try {
      // One key always stands for one kind of answer.
      return (await orAborted(flight.result, signal)) as T
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0) {
        this.#forget(key, flight)
        flight.controller.abort()
      }
    }
  }

  #launch(key: string, start: (signal: AbortSignal) => Promise<unknown>): Flight {
    const controller = new AbortController()
    const result = start(controller.signal)
    const flight: Flight = { result, controller, waiting: 0 }
    this.#flights.set(key, flight)
    const land = (): void => this.#forget(key, flight)
    result.then(land, land)
    return flight
  }

  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}
