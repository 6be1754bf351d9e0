/** The demo cannot go on, for a reason that a person can read; needs no stack trace. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure'
}

/** Somebody pressed Ctrl-C or sent SIGTERM. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: 'SIGINT' | 'SIGTERM'

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`)
    this.signal = signal
  }

  /** By the custom of shells: 128 and the number of the signal. */
  get exitCode(): number {
    return this.signal === 'SIGINT' ? 130 : 143
  }
}
