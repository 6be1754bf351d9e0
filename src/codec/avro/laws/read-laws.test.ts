import { describe, it } from 'vitest'
import { isEvolveError } from '../../../errors.ts'
import { assertSameBytes, assertShows, attempt, decoded, shownView } from './expectations.test-support.ts'
import { decodeRef, sameRef } from './reference.test-support.ts'
import { Unreadable } from './resolution.test-support.ts'
import { holds, lawPairs } from './samples.test-support.ts'

const pairs = lawPairs()
const unreadableCodes: readonly string[] = ['unresolvable-value', 'malformed-data', 'unsafe-long']

describe('the laws of reading', { timeout: 600_000 }, () => {
  it('L0: what is read is what schema resolution says', () => {
    holds(
      pairs,
      (sample) => {
        const view = shownView(sample, sample.value)
        const got = attempt(() => sample.resolution.decode(sample.bytes))
        if (view instanceof Unreadable) {
          if (!isEvolveError(got)) throw new Error(`expected ${view.code} (${view.message}), but it was read`)
          // A message may have several such places; which of them is met first is not laid down.
          if (!unreadableCodes.includes(got.code)) throw got
          return true
        }
        if (isEvolveError(got)) throw got
        assertShows(got, view, sample)
        return true
      },
      1,
    )
  })

  it('L1: what is not edited goes back byte for byte', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const written = sample.resolution.encode(value.js as never)
        if (sample.blocked) {
          if (!sameRef(decodeRef(sample.writer, written), sample.value)) throw new Error(`written ${written.toString('hex')}`)
        } else assertSameBytes(written, sample.bytes)
        return true
      },
      0.7,
    )
  })

  it('L1: a frame in front is stepped over, and room is left for one', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, Buffer.concat([sample.bytes]))
        if (value === undefined) return false
        const framed = sample.resolution.decode(Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), sample.bytes]), 5)
        assertShows(framed, value.view, sample)
        assertSameBytes(sample.resolution.encode(framed as never, { headroom: 5 }).subarray(5), sample.resolution.encode(value.js as never))
        return true
      },
      0.7,
      2,
    )
  })

  it('L9: nothing decoded or encoded shares memory with anything', () => {
    holds(
      pairs,
      (sample) => {
        const input = Buffer.from(sample.bytes)
        const value = decoded(sample, sample.value, input)
        if (value === undefined) return false
        input.fill(0xaa)
        assertShows(value.js, value.view, sample)
        const first = sample.resolution.encode(value.js as never)
        const kept = Buffer.from(first)
        if (!sample.blocked) assertSameBytes(first, sample.bytes)
        const other = decoded(sample, sample.otherValue, sample.otherBytes)
        if (other !== undefined) sample.resolution.encode(other.js as never)
        assertSameBytes(first, kept)
        first.fill(0x55)
        assertSameBytes(sample.resolution.encode(value.js as never), kept)
        return true
      },
      0.7,
      2,
    )
  })
})
