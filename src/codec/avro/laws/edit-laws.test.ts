import { describe, expect, it } from 'vitest'
import { type Decoded, editSome } from './edits.test-support.ts'
import { assertSameBytes, assertShows, assertWrites, decoded, expectation, shownView } from './expectations.test-support.ts'
import { encodeRef, type Ref } from './reference.test-support.ts'
import { Unreadable } from './resolution.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'
import { genValue } from './values.test-support.ts'

const pairs = lawPairs()

describe('the laws of editing', { timeout: 600_000 }, () => {
  it('L3, L4, L7, L8: an edit of the view is that edit of the message and no other, or is refused with its path', () => {
    const counts = { written: 0, refused: 0 }
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value, () => decoded(sample, sample.otherValue, sample.otherBytes))) return false
        const expected = expectation(sample, value.view, sample.value)
        counts[assertWrites(sample.resolution, value.js, expected, sample.writer) === undefined ? 'refused' : 'written']++
        return true
      },
      0.6,
    )
    if (process.env['LAWS_PAIR'] === undefined) expect(Math.min(counts.written, counts.refused)).toBeGreaterThan(pairs.length)
  })

  it('L2: what was written reads as it was seen, and encoding changes no value', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value, () => decoded(sample, sample.otherValue, sample.otherBytes))) return false
        const expected = expectation(sample, value.view, sample.value)
        const written = assertWrites(sample.resolution, value.js, expected, sample.writer)
        if (written === undefined) return false
        assertShows(sample.resolution.decode(written), value.view, sample)
        assertSameBytes(sample.resolution.encode(value.js as never), written)
        return true
      },
      0.3,
      2,
    )
  })

  it('L8: after a refusal the value can still be put right and written', () => {
    holds(
      pairs,
      (sample) => {
        const [value, spare] = [decoded(sample, sample.value, sample.bytes), decoded(sample, sample.value, sample.bytes)]
        if (value === undefined || spare === undefined || !editSome(sample, value)) return false
        const expected = expectation(sample, value.view, sample.value)
        if (expected.losses.length === 0) return false
        assertWrites(sample.resolution, value.js, expected, sample.writer)
        assertWrites(sample.resolution, spare.js, expectation(sample, spare.view, sample.value), sample.writer)
        return true
      },
      0.1,
      2,
    )
  })

  it('L12: two different old services in a row: the last reader sees both edits and all else', () => {
    holds(
      pairs,
      (sample) => {
        // Both readers look at different parts, so all of it is such as can be shown and written back byte for byte.
        const origin = genValue(sample.writer, sample.writer, { random: sample.random, safeLongs: true, blocked: false })
        const first = decoded(sample, origin, encodeRef(sample.writer, origin))
        if (first === undefined) return false
        editSome(sample, first)
        const half = expectation(sample, first.view, origin)
        if (half.losses.length > 0 || half.loose) return false
        const between = assertWrites(sample.resolution, first.js, half, sample.writer) as Buffer
        sample.log.push(`second reader; bytes ${between.toString('hex').slice(0, 400)}`)
        return secondHop(sample, half.value, between)
      },
      0.2,
    )
  })
})

function secondHop(sample: Sample, value: Ref, bytes: Buffer): boolean {
  const hop: Sample = { ...sample, reader: sample.second, resolution: sample.secondHop() }
  const view = shownView(hop, value)
  if (view instanceof Unreadable) return false
  const second: Decoded = { view, js: hop.resolution.decode(bytes) }
  editSome(hop, second)
  assertWrites(hop.resolution, second.js, expectation(hop, view, value), hop.writer)
  return true
}
