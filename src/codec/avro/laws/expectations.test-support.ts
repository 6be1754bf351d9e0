import { inspect } from 'node:util'
import { type EvolveError, isEvolveError } from '../../../errors.ts'
import type { Resolution } from '../../codec.ts'
import type { Decoded } from './edits.test-support.ts'
import { sameJs, toJs } from './javascript.test-support.ts'
import type { Node } from './model.test-support.ts'
import { type Expectation, meets, put } from './put.test-support.ts'
import { decodeRef, encodeRef, type Ref } from './reference.test-support.ts'
import { get, Unreadable } from './resolution.test-support.ts'
import type { Sample } from './samples.test-support.ts'

const show = (value: unknown): string => inspect(value, { depth: 12, breakLength: 160, maxStringLength: 60 })

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

/** Holds that the engine does with `js` what is expected; gives the bytes, or `undefined` where a loss was due. */
export function assertWrites(resolution: Resolution, js: unknown, expected: Expectation, writer: Node): Buffer | undefined {
  const outcome = attempt(() => resolution.encode(js as never))
  if (expected.losses.length > 0) {
    if (Buffer.isBuffer(outcome)) throw new Error(`expected a loss ${show(expected.losses)}\nwrote ${show(decodeRef(writer, outcome))}`)
    const isDue = outcome.code === 'unknown-field-loss' && expected.losses.some(({ reason, path }) => reason === outcome.details.reason && path === outcome.path)
    if (!isDue) throw new Error(`expected a loss ${show(expected.losses)}\ngot ${outcome.message} ${show(outcome.details)}`)
    return undefined
  }
  if (!Buffer.isBuffer(outcome)) throw outcome
  const written = decodeRef(writer, outcome)
  if (!meets(expected.value, written)) {
    const wanted = expected.loose ? '' : encodeRef(writer, expected.value).toString('hex')
    throw new Error(`edited value ${show(js)}\nexpected ${wanted} ${show(expected.value)}\nwritten ${outcome.toString('hex')} ${show(written)}`)
  }
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
  if (!sameJs(js, expected)) throw new Error(`expected ${show(expected)}\nread ${show(js)}`)
}
