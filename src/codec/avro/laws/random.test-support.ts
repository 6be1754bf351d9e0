/** A source of choices that gives the same ones again for the same seed (sfc32). */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `parts` are mixed into one seed: `new Random(run, pair, value)` is a stream of its own. */
  constructor(...parts: readonly number[]) {
    let mixed = 0x9e3779b9
    for (const part of parts) mixed = scramble(mixed ^ scramble(part + 0x7f4a7c15))
    this.#a = mixed
    this.#b = scramble(mixed + 1)
    this.#c = scramble(mixed + 2)
    for (let i = 0; i < 12; i++) this.bits()
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor((this.bits() / 2 ** 32) * below)
  }

  /** An integer between both ends, ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True in `share` of the cases (0 to 1). */
  chance(share: number): boolean {
    return this.bits() / 2 ** 32 < share
  }

  /** One of the items; there must be one. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to pick from')
    return items[this.below(items.length)] as T
  }

  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const other = this.below(i + 1)
      ;[shuffled[i], shuffled[other]] = [shuffled[other] as T, shuffled[i] as T]
    }
    return shuffled
  }

  /** `length` random bytes. */
  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }

  /** A signed integer of `bits` bits. */
  integer(bits: number): bigint {
    const whole = (BigInt(this.bits()) << 32n) | BigInt(this.bits())
    return BigInt.asIntN(bits, whole)
  }
}

function scramble(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
