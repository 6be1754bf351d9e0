import { describe, expect, it } from 'vitest'
import { withoutCarried } from './copies.test-support.ts'
import { editSome, fresh } from './edits.test-support.ts'
import { assertShows, assertWrites, attempt, decoded, expectation } from './expectations.test-support.ts'
import { decodeRef, sameRef } from './reference.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'

// Messages whose root is no record: lists and maps carry as a whole, other values are written from the message they were read from.
const pairs = lawPairs((source) => source.bareRoot())
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Buffer.isBuffer(value)

function assertUnchanged(sample: Sample, written: Buffer): void {
  if (!sameRef(decodeRef(sample.writer, written), sample.value)) throw new Error(`written ${written.toString('hex')}`)
}

describe('the laws of roots that are no records', { timeout: 600_000 }, () => {
  it('L1, L9: what is not edited goes back as it came, where it can carry or its message is given', () => {
    let bare = 0
    holds(
      pairs,
      (sample) => {
        const input = Buffer.from(sample.bytes)
        const value = decoded(sample, sample.value, input)
        if (value === undefined) return false
        input.fill(0xaa)
        assertShows(value.js, value.view, sample)
        assertUnchanged(sample, sample.resolution.encode(value.js, { source: sample.bytes }))
        assertUnchanged(sample, sample.resolution.encode(withoutCarried(value.js), { source: sample.bytes, output: 'auto' }))
        if (isObject(value.js)) assertUnchanged(sample, sample.resolution.encode(value.js))
        else {
          bare++
          // Rounded beyond the writer's range, or shown as a symbol of the reader alone, it cannot be written without its message.
          const written = attempt(() => sample.resolution.encode(value.js))
          if (Buffer.isBuffer(written)) assertShows(sample.resolution.decode(written), value.view, sample)
          else if (written.code !== 'unknown-field-loss') throw written
        }
        return true
      },
      0.5,
    )
    if (process.env['LAWS_PAIR'] === undefined) expect(bare).toBeGreaterThan(0)
  })

  it('L3, L4, L8: an edit is that edit and no other, or is refused with its path', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !isObject(value.js) || !editSome(sample, value)) return false
        const expected = expectation(sample, value.view, sample.value)
        assertWrites(sample.resolution, value.js, expected, sample.writer)
        return true
      },
      0.1,
    )
  })

  it('L7, L8: a value set anew is written as it is, or keeps what looked the same, or is refused', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || isObject(value.js)) return false
        const { ref, js } = fresh(sample.reader, sample)
        if (isObject(js)) return false
        sample.log.push('edit: another root')
        const source = { encode: (given: never) => sample.resolution.encode(given, { source: sample.bytes }) }
        assertWrites(source, js, expectation(sample, ref, sample.value), sample.writer)
        assertWrites(sample.resolution, js, expectation(sample, ref, undefined), sample.writer)
        return true
      },
      0.1,
    )
  })
})
