import { type EvolveError, isEvolveError } from '../../../errors.ts'
import type { Resolution } from '../../codec.ts'
import type { Decoded } from './edits.test-support.ts'
import { sameJs, toJs } from './javascript.test-support.ts'
import type { Node } from './model.test-support.ts'
import { type Expectation, meets, put } from './put.test-support.ts'
import { decodeRef, type Ref } from './reference.test-support.ts'
import { get, Unreadable } from './resolution.test-support.ts'
import type { Sample } from './samples.test-support.ts'
import { showJs, showRef } from './show.test-support.ts'
import { count } from './tally.test-support.ts'

/** Unions' branches are not steps of a path: paths are in the reader's field names, positions and keys. */
const plainStep = (): string => ''

/** A message in both worlds, decoded by the engine; `undefined` where the reader cannot have it. */
export function decoded(sample: Sample, value: Ref, bytes: Uint8Array): Decoded | undefined {
  const view = shownView(sample, value)
  return view instanceof Unreadable ? undefined : { view, js: sample.resolution.decode(bytes) }
}

/** The reader's view of a value, or why it cannot have one. */
export function shownView({ writer, reader, look }: Pick<Sample, 'writer' | 'reader' | 'look'>, value: Ref): Ref | Unreadable {
  try {
    const view = get(value, writer, reader)
    toJs(view, reader, look)
    return view
  } catch (error) {
    if (error instanceof Unreadable) return error
    throw error
  }
}

/** What the laws' own lens makes of an edited view. */
export function expectation({ writer, reader }: Sample, view: Ref, origin: Ref | undefined): Expectation {
  return put(view, reader, writer, origin, plainStep)
}

/** The same where the fields that only the reader has find room: what readers of the writer's schema see of it. */
export function mergedExpectation({ writer, reader }: Sample, view: Ref, origin: Ref | undefined): Expectation {
  return put(view, reader, writer, origin, plainStep, true)
}

/** Holds that the engine does with `js` what is expected; gives the bytes, or `undefined` where a loss was due. */
export function assertWrites(resolution: Pick<Resolution, 'encode'>, js: unknown, expected: Expectation, writer: Node): Buffer | undefined {
  const outcome = attempt(() => resolution.encode(js as never))
  const due = expected.losses.length > 0
  if (!Buffer.isBuffer(outcome)) {
    const known =
      outcome.code === 'unknown-field-loss' &&
      [...expected.losses, ...expected.tolerated].some(({ reason, path }) => reason === outcome.details.reason && path === outcome.path)
    if (known) {
      count({ refusals: 1 })
      return undefined
    }
    if (due)
      throw new Error(
        `expected a loss ${showJs(expected.losses)}\ngot ${outcome.message} ${showJs(outcome.details)}\nedited value ${showJs(js)}`,
      )
    throw new Error(`expected ${showRef(expected.value)}\ngot ${outcome.message} ${showJs(outcome.details)}\nedited value ${showJs(js)}`)
  }
  const written = decodeRef(writer, outcome)
  if (due) throw new Error(`edited value ${showJs(js)}\nexpected a loss ${showJs(expected.losses)}\nwritten ${showRef(written)}`)
  if (!meets(expected.value, written))
    throw new Error(`edited value ${showJs(js)}\nexpected ${showRef(expected.value)}\nwritten  ${showRef(written)}`)
  return outcome
}

/** What a call gives, or the EvolveError that it throws; other errors are thrown on. */
export function attempt<T>(action: () => T): T | EvolveError {
  try {
    return action()
  } catch (error) {
    if (isEvolveError(error)) return error
    throw error
  }
}

/** Holds that a decoded value shows a view. */
export function assertShows(js: unknown, view: Ref, { reader, look }: Pick<Sample, 'reader' | 'look'>): void {
  const expected = toJs(view, reader, look)
  if (!sameJs(js, expected)) throw new Error(`expected ${showJs(expected)}\nread     ${showJs(js)}`)
}

/** Holds that bytes are the very same. */
export function assertSameBytes(got: Buffer, expected: Buffer): void {
  if (!got.equals(expected)) throw new Error(`expected ${expected.toString('hex')}\ngot      ${got.toString('hex')}`)
}
