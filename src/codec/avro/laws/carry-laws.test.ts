import { describe, it } from 'vitest'
import { attach, avro, carriedBy, carry, type DetachedUnknownFields, detach } from '../../../avro.ts'
import type { AvroResolution } from '../resolution.ts'
import { withoutCarried } from './copies.test-support.ts'
import { editSome } from './edits.test-support.ts'
import { assertSameBytes, assertWrites, decoded, expectation } from './expectations.test-support.ts'
import { schemaJson } from './model.test-support.ts'
import { decodeRef, sameRef } from './reference.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'

const pairs = lawPairs()
const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

function assertUnchanged(sample: Sample, written: Buffer): void {
  if (!sample.blocked) assertSameBytes(written, sample.bytes)
  else if (!sameRef(decodeRef(sample.writer, written), sample.value)) throw new Error(`written ${written.toString('hex')}`)
}

describe('the laws of carrying by hand', { timeout: 600_000 }, () => {
  it('carry: a copy that lost all behaves as what it was copied from, under any edit', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const js = carry(value.js, withoutCarried(value.js))
        assertUnchanged(sample, sample.resolution.encode(js))
        const copy = { view: value.view, js }
        editSome(sample, copy, () => decoded(sample, sample.otherValue, sample.otherBytes))
        assertWrites(sample.resolution, copy.js, expectation(sample, copy.view, sample.value), sample.writer)
        return true
      },
      0.7,
      2,
    )
  })

  it('the source: a copy that lost all is written from the message it was read from', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const js = withoutCarried(value.js)
        for (const output of ['writer', 'auto'] as const)
          assertUnchanged(sample, sample.resolution.encode(js, { source: sample.bytes, output }))
        return true
      },
      0.7,
      2,
    )
  })

  it('detach and attach: what went through JSON beside the value comes back under any edit', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        const detached = value === undefined ? undefined : detach(value.js)
        if (value === undefined || detached === undefined) return false
        const reader = avro(schemaJson(sample.reader), sample.look)
        const js = attach(reader, withoutCarried(value.js), throughJson<DetachedUnknownFields>(detached))
        const resolution = carriedBy(js)?.resolution as AvroResolution
        assertUnchanged(sample, resolution.encode(js))
        const copy = { view: value.view, js }
        editSome(sample, copy)
        assertWrites(resolution, copy.js, expectation(sample, copy.view, sample.value), sample.writer)
        return true
      },
      0.4,
      4,
    )
  })
})
