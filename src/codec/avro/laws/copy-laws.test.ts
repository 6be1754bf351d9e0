import { createRequire } from 'node:module'
import { produce } from 'immer'
import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../../../errors.ts'
import { assignDeep, restDeep, spreadDeep } from './copies.test-support.ts'
import { edit } from './edits.test-support.ts'
import { assertWrites, attempt, decoded, expectation, shownView } from './expectations.test-support.ts'
import { sameJs, toJs } from './javascript.test-support.ts'
import { dropOutermost, hidesSomething, missingIn, withoutOrigin } from './origin.test-support.ts'
import { decodeRef, sameMeaning, sameRef } from './reference.test-support.ts'
import { readsAs, Unreadable } from './resolution.test-support.ts'
import { holds, lawPairs } from './samples.test-support.ts'
import { showRef } from './show.test-support.ts'

const lodash = createRequire(import.meta.url)('lodash') as { clone(value: unknown): unknown; cloneDeep(value: unknown): unknown }
const pairs = lawPairs()

/** A draft is touched, so that immer really copies; where the value has nothing to touch it stays as it is. */
function immerCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return produce(value as Record<string, unknown>, (draft) => {
    for (const key of Object.keys(draft)) if (key !== '__proto__' && typeof draft[key] === 'number') draft[key] = Number(draft[key])
    const [key] = Object.keys(draft)
    if (key === undefined || key === '__proto__') return
    const before = draft[key]
    draft[key] = undefined
    draft[key] = before
  })
}

describe('the laws of copies and of origin', { timeout: 600_000 }, () => {
  it.each<[string, (value: unknown) => unknown]>([
    ['{ ...value } at every depth', spreadDeep],
    ['{ key, ...rest } at every depth', restDeep],
    ['Object.assign at every depth', assignDeep],
    ['lodash clone', lodash.clone],
    ['lodash cloneDeep', lodash.cloneDeep],
    ['immer produce', immerCopy],
  ])('L5: %s keeps what is carried', (name, copy) => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        sample.log.push(`edit: ${edit(value, () => undefined, sample)}, then ${name}`)
        const copied = copy(value.js)
        // Some ways of copying lose a property named __proto__ by themselves; that is not ours to mend.
        if (!sameJs(copied, value.js)) return false
        assertWrites(sample.resolution, copied, expectation(sample, value.view, sample.value), sample.writer)
        return true
      },
      0.5,
      4,
    )
  })

  it.each([
    ['a value', Number.POSITIVE_INFINITY],
    ["a value's outermost records", 1],
  ])('L6: %s made anew has no unknown data but defaults, or is refused', (_name, depth) => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const view = withoutOrigin(value.view, depth)
        if (depth === 1) dropOutermost(value.view, value.js, sample.reader, sample.look)
        const js = depth === 1 ? value.js : toJs(view, sample.reader, sample.look)
        assertWrites(sample.resolution, js, expectation(sample, view, undefined), sample.writer)
        return true
      },
      0.7,
      2,
    )
  })

  it("L13: the reader's own schema is no way to lose data", () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const written = attempt(() => sample.own().encode(value.js as never))
        if (isEvolveError(written)) {
          if (written.code !== 'unknown-field-loss') throw written
          return true
        }
        if (hidesSomething(value.view)) throw new Error('what the message hides was dropped without a word')
        const again = decodeRef(sample.reader, written)
        if (!sameRef(again, value.view)) throw new Error(`written ${written.toString('hex')}`)
        return true
      },
      0.7,
      2,
    )
  })

  it("L13: nor is another writer's schema", () => {
    let written = 0
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const bytes = attempt(() => sample.elsewhere().encode(value.js as never))
        if (isEvolveError(bytes)) {
          if (bytes.code !== 'unknown-field-loss' && bytes.code !== 'incompatible-schemas') throw bytes
          return true
        }
        written++
        const again = decodeRef(sample.second, bytes)
        // It means the same to the reader, or, where the two do not share a name for a field, to the other schema itself.
        const seen = shownView({ ...sample, writer: sample.second }, again)
        const isSame =
          seen instanceof Unreadable || sameMeaning(seen, value.view) || readsAs(sample.value, sample.writer, sample.second, again)
        if (!isSame) throw new Error(`reads as something else: ${showRef(again)}`)
        const missing = missingIn(again, sample.second, value.view)
        if (missing !== undefined) throw new Error(`${missing} was dropped without a word: ${showRef(again)}`)
        return true
      },
      0.7,
      2,
    )
    if (process.env['LAWS_PAIR'] === undefined) expect(written).toBeGreaterThan(pairs.length / 2)
  })

  it('L13: nor is a fresh envelope around what was read', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const view = withoutOrigin(value.view, 1)
        if (!hidesSomething(view)) return false
        dropOutermost(value.view, value.js, sample.reader, sample.look)
        const written = attempt(() => sample.own().encode(value.js as never))
        if (!isEvolveError(written)) throw new Error('what the message hides was dropped without a word')
        if (written.code !== 'unknown-field-loss') throw written
        return true
      },
      0.05,
      2,
    )
  })
})
