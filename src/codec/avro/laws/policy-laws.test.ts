import { describe, expect, it } from 'vitest'
import { carriedBy, discard } from '../../../avro.ts'
import { isEvolveError } from '../../../errors.ts'
import { type EncodeOptions, type UnknownFieldEvent, unknownFields } from '../../codec.ts'
import { editSome } from './edits.test-support.ts'
import { assertSameBytes, attempt, decoded } from './expectations.test-support.ts'
import { type Look, toJs } from './javascript.test-support.ts'
import { type Node, unqualified } from './model.test-support.ts'
import { withoutOrigin } from './origin.test-support.ts'
import { placesOf } from './places.test-support.ts'
import { decodeRef, encodeRef, type Ref } from './reference.test-support.ts'
import { writerField } from './resolution.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'

const pairs = lawPairs()
const isWholeRun = process.env['LAWS_PAIR'] === undefined
const refusedBy: Partial<Record<UnknownFieldEvent['kind'], string>> = {
  defaulted: 'fresh-value',
  foreign: 'foreign-source',
  ambiguous: 'ambiguous-edit',
}

/** The outcome of an encoding as text that can be compared, and what was reported. */
function outcomeOf(sample: Sample, js: unknown, options: EncodeOptions): { readonly text: string; readonly events: UnknownFieldEvent[] } {
  const events: UnknownFieldEvent[] = []
  const outcome = attempt(() => sample.resolution.encode(js, { ...options, onEvent: (event) => events.push(event) }))
  return { text: isEvolveError(outcome) ? outcome.message : outcome.toString('hex'), events }
}

/** Whether some record in a view came from no message, where its writer has a field that it does not know. */
function hasFresh(view: Ref, js: unknown, reader: Node, writer: Node, look: Look): boolean {
  return placesOf(view, js, reader, writer, look).some((place) => {
    if (place.kind !== 'record' || place.ref.from !== undefined || place.writer?.kind !== 'record' || place.node.kind !== 'record')
      return false
    // Which branch of a writer's union such a record takes is known where it has its name only.
    if (unqualified(place.writer.name) !== unqualified(place.node.name)) return false
    const known = place.node.fields.map((field) => writerField(place.writer as Extract<Node, { kind: 'record' }>, field))
    return place.writer.fields.some((_, index) => !known.includes(index))
  })
}

describe('the laws of policies', { timeout: 600_000 }, () => {
  it('strict writes what preserve writes, or refuses the first thing that preserve reports as a choice', () => {
    const counts = { same: 0, refused: 0 }
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value, () => decoded(sample, sample.otherValue, sample.otherBytes))) return false
        const preserved = outcomeOf(sample, value.js, {})
        const strict = attempt(() => sample.resolution.encode(value.js, { policy: 'strict' }))
        const choice = preserved.events.find(({ kind }) => refusedBy[kind] !== undefined)
        if (choice === undefined) {
          const text = isEvolveError(strict) ? strict.message : strict.toString('hex')
          if (text !== preserved.text) throw new Error(`preserve ${preserved.text}\nstrict   ${text}`)
          if (!isEvolveError(strict) && hasFresh(value.view, value.js, sample.reader, sample.writer, sample.look))
            throw new Error('a record made anew was let pass')
          counts.same++
        } else {
          const reason = refusedBy[choice.kind]
          if (!isEvolveError(strict) || strict.details.reason !== reason || strict.path !== choice.path)
            throw new Error(`expected ${reason} at ${choice.path}, got ${strict}`)
          counts.refused++
        }
        return true
      },
      0.5,
    )
    if (isWholeRun) expect(Math.min(counts.same, counts.refused)).toBeGreaterThan(pairs.length / 10)
  })

  it('strict lets pass what was not edited', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const strict = sample.resolution.encode(value.js, { policy: 'strict' })
        assertSameBytes(strict, sample.resolution.encode(value.js))
        if (!sample.blocked) assertSameBytes(strict, sample.bytes)
        return true
      },
      0.7,
      2,
    )
  })

  it('listening changes nothing, and each record that carries is told of once, at its place', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const { text, events } = outcomeOf(sample, value.js, {})
        assertSameBytes(Buffer.from(text, 'hex'), sample.resolution.encode(value.js))
        const told = events.filter(({ kind }) => kind === 'preserved').map(({ path }) => path)
        const carrying = placesWithCarriers(value.js, '', sample)
        // What is restored as a whole is not looked into.
        const strangers = told.filter((path) => !carrying.includes(path))
        if (strangers.length > 0 || new Set(told).size < told.length) throw new Error(`told of ${told}, carrying ${carrying}`)
        if (carrying[0] === '' && told[0] !== '') throw new Error('nothing was told of the root')
        return true
      },
      0.7,
      2,
    )
  })

  it('drop: what is written is what a value that carries nothing gives', () => {
    let dropped = 0
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value, () => decoded(sample, sample.otherValue, sample.otherBytes))) return false
        const plain = discard(value.js)
        if (carriedBy(plain) !== undefined) throw new Error('what was discarded still carries')
        for (const output of ['reader', 'writer', 'auto'] as const) {
          const events: UnknownFieldEvent[] = []
          const gone = attempt(() => sample.resolution.encode(value.js, { policy: 'drop', output }))
          const told = attempt(() => sample.resolution.encode(value.js, { policy: 'drop', output, onEvent: (event) => events.push(event) }))
          const expected = attempt(() => sample.resolution.encode(plain, { output }))
          for (const one of [gone, told]) {
            const [got, due] = [one, expected].map((it) => (isEvolveError(it) ? it.message : it.toString('hex')))
            if (got !== due) throw new Error(`${output}: expected ${due}\ngot ${got}`)
          }
          if (isEvolveError(told)) continue
          const paths = events.filter(({ kind }) => kind === 'dropped').map(({ path }) => path)
          if (output === 'reader') dropped += paths.length
        }
        const own = sample.resolution.encode(value.js, { policy: 'drop', output: 'reader' })
        assertSameBytes(encodeRef(sample.reader, decodeRef(sample.reader, own)), own)
        return true
      },
      0.5,
      2,
    )
    if (isWholeRun) expect(dropped).toBeGreaterThan(pairs.length)
  })

  it('drop and strict treat a value made anew as any other', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined) return false
        const js = toJs(withoutOrigin(value.view), sample.reader, sample.look)
        const [plain, ...others] = [{}, { policy: 'strict' }, { policy: 'drop' }].map((options) =>
          attempt(() => sample.resolution.encode(js, { ...(options as EncodeOptions), output: 'reader' })),
        )
        for (const other of others) {
          if (!Buffer.isBuffer(plain) || !Buffer.isBuffer(other)) throw plain
          assertSameBytes(other, plain)
        }
        return true
      },
      0.7,
      4,
    )
  })

  it('rounding changes nothing that fits', () => {
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value)) return false
        const [exact, rounded] = [
          attempt(() => sample.resolution.encode(value.js)),
          attempt(() => sample.resolution.encode(value.js, { narrowing: 'round' })),
        ]
        if (Buffer.isBuffer(exact)) {
          if (!Buffer.isBuffer(rounded)) throw rounded
          assertSameBytes(rounded, exact)
        } else if (exact.details.reason !== 'narrowing' && (Buffer.isBuffer(rounded) || rounded.message !== exact.message)) {
          throw new Error(`exact ${exact}\nrounded ${rounded}`)
        }
        return true
      },
      0.5,
      4,
    )
  })
})

/** JSON Pointers of the records that carry something, outermost first. */
function placesWithCarriers(js: unknown, path: string, sample: Sample): string[] {
  if (typeof js !== 'object' || js === null || Buffer.isBuffer(js)) return []
  const own = Object.hasOwn(js, unknownFields) ? [path] : []
  const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
  const inside = Array.isArray(js)
    ? js.flatMap((item, index) => placesWithCarriers(item, `${path}/${index}`, sample))
    : Object.keys(js).flatMap((key) => {
        const item: unknown = Object.getOwnPropertyDescriptor(js, key)?.value
        // A wrapped branch is no step: the record inside stands at the union's own place.
        return [...placesWithCarriers(item, `${path}/${escaped(key)}`, sample), ...placesWithCarriers(item, path, sample)]
      })
  return [...own, ...inside]
}
