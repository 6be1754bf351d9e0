import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../../../errors.ts'
import type { Decoded } from './edits.test-support.ts'
import { attempt, shownView } from './expectations.test-support.ts'
import { ownValue } from './javascript.test-support.ts'
import { setOwn } from './model.test-support.ts'
import { missingIn } from './origin.test-support.ts'
import { type Place, placesOf, rearrange, setField } from './places.test-support.ts'
import { hasRecord } from './put.test-support.ts'
import { decodeRef, encodeRef, type Ref, sameMeaning } from './reference.test-support.ts'
import { Unreadable } from './resolution.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'
import { showRef } from './show.test-support.ts'
import { genValue } from './values.test-support.ts'

const pairs = lawPairs()

/** Takes something with a record in it from one value and puts it into another, in both worlds; says what. */
function move(from: readonly Place[], to: readonly Place[], { random }: Sample): string | undefined {
  for (const target of random.shuffle(to)) {
    const [source] = random.shuffle(from.filter((place) => place.kind === target.kind && place.node === target.node))
    if (source === undefined) continue
    if (target.kind === 'array' && source.kind === 'array' && source.ref.items.length > 0) {
      if (target.node.kind !== 'array' || !hasRecord(target.node.items)) continue
      const at = random.below(source.ref.items.length)
      target.ref.items.push(source.ref.items[at] as Ref)
      target.js.push(source.js[at])
      rearrange(target, random.shuffle(target.ref.items.map((_, index) => index)))
      return `element ${at} into a list`
    }
    if (target.kind === 'map' && source.kind === 'map' && target.node.kind === 'map' && hasRecord(target.node.values)) {
      const [entry] = source.ref.entries
      if (entry === undefined || target.ref.entries.some(([key]) => key.equals(entry[0]))) continue
      target.ref.entries.push(entry)
      setOwn(target.js, entry[0].toString('utf8'), ownValue(source.js, entry[0].toString('utf8')))
      return 'an entry into a map'
    }
    if (target.kind === 'record' && source.kind === 'record' && target.node.kind === 'record') {
      const index = target.node.fields.findIndex(({ type }) => hasRecord(type))
      const field = target.node.fields[index]
      if (field === undefined) continue
      setField(target, index, source.ref.fields[index] as Ref, ownValue(source.js, field.name))
      return `the field ${field.name}`
    }
  }
  return undefined
}

describe('the law of transplants', { timeout: 600_000 }, () => {
  it('L10: what a record of one version hides is found by name in a message of another version, or is refused', () => {
    const counts = { written: 0, refused: 0 }
    holds(
      pairs,
      (sample) => {
        // Both versions read by one service; the second reader's schema is the other version.
        const there: Sample = { ...sample, writer: sample.second, resolution: sample.elsewhere() }
        if (there.resolution.relation === 'incompatible') return false
        const options = { random: sample.random, safeLongs: sample.look.long === 'number', blocked: false }
        const host = genValue(sample.second, sample.reader, options)
        const values = [
          [sample, sample.value, sample.bytes],
          [there, host, encodeRef(sample.second, host)],
        ].map(([one, value, bytes]) => read(one as Sample, value as Ref, bytes as Buffer))
        const [mine, theirs] = values
        if (mine === undefined || theirs === undefined) return false
        const moved = move(
          placesOf(mine.view, mine.js, sample.reader, sample.writer, sample.look),
          placesOf(theirs.view, theirs.js, sample.reader, sample.second, sample.look),
          sample,
        )
        if (moved === undefined) return false
        sample.log.push(`edit: ${moved} of the other version`)
        const outcome = attempt(() => there.resolution.encode(theirs.js))
        if (isEvolveError(outcome)) {
          if (outcome.code !== 'unknown-field-loss') throw outcome
          counts.refused++
          return true
        }
        counts.written++
        const written = decodeRef(sample.second, outcome)
        const missing = missingIn(written, sample.second, theirs.view)
        if (missing !== undefined) throw new Error(`${missing} was dropped without a word: ${showRef(written)}`)
        const seen = shownView(there, written)
        if (seen instanceof Unreadable || !sameMeaning(seen, theirs.view))
          throw new Error(`expected ${showRef(theirs.view)}\nread as  ${seen instanceof Unreadable ? seen.message : showRef(seen)}`)
        return true
      },
      0.1,
    )
    if (process.env['LAWS_PAIR'] === undefined) expect(Math.min(counts.written, counts.refused)).toBeGreaterThan(pairs.length / 10)
  })
})

function read(sample: Sample, value: Ref, bytes: Buffer): Decoded | undefined {
  const view = shownView(sample, value)
  return view instanceof Unreadable ? undefined : { view, js: sample.resolution.decode(bytes) }
}
