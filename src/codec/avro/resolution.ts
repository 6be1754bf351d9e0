import { EvolveError } from '../../errors.ts'
import type { Plan } from '../../resolution/plan.ts'
import { type Relation, type Relationship, readerCoversWriter, relate } from '../../resolution/relate.ts'
import { resolvePlan } from '../../resolution/resolve.ts'
import type { Schema } from '../../schema/types.ts'
import { Tap } from '../../wire/tap.ts'
import type { Divergence, Resolution } from '../codec.ts'
import type { Choices } from './choices.ts'
import { type CompiledReader, compileReader } from './compiled/compile-reader.ts'
import { type CompiledWriter, compileWriter } from './compiled/compile-writer.ts'
import { makePair } from './make-pair.ts'
import type { Pair } from './pair.ts'
import { readDatum } from './read.ts'
import { borrowSink, returnSink } from './spare-sink.ts'
import { write } from './write.ts'
import { writeDatum } from './write-datum.ts'
import { WriteRun } from './write-run.ts'

/** How many bytes of a pair are walked in each direction before it is compiled: about as long as compiling takes. */
const WALKED = 2048

/** A pair of Avro schemas, compiled; walked for ever where a root that is no record may have to carry, which is rare. */
export class AvroResolution implements Resolution<unknown, unknown> {
  readonly writer: Schema
  readonly reader: Schema
  readonly relation: Relation
  readonly divergences: readonly Divergence[]
  /** The pair as data: what is done with each part of a message. */
  readonly plan: Plan
  readonly #pair: Pair
  /** Absent until the pair is compiled, `null` where code may not be made from text. */
  #reader: CompiledReader | null | undefined
  #writer: CompiledWriter | null | undefined
  #toRead: number
  #toWrite: number

  /** `walked` bytes are read and written by walking the plan before code is made for the pair: compiling costs more than they do. */
  constructor(writer: Schema, reader: Schema, choices: Choices, walked: number = WALKED) {
    this.writer = writer
    this.reader = reader
    this.plan = resolvePlan(writer, reader, choices)
    const relationship = relate(this.plan)
    this.relation = relationship.relation
    this.divergences = relationship.divergences
    const back = (): Relationship => relate(resolvePlan(reader, writer, choices))
    const rootCarries = !readerCoversWriter(relationship, back)
    this.#pair = makePair(writer, reader, choices, { plan: this.plan, rootCarries, resolution: this, limits: choices.limits })
    this.#toRead = walked
    this.#toWrite = walked
  }

  /** Whether code was made for both directions. */
  get isCompiled(): boolean {
    return (this.#reader ?? undefined) !== undefined && (this.#writer ?? undefined) !== undefined
  }

  /** Compiles now instead of after the first values: for a service that wants its first message to be as quick as the rest. */
  warmUp(): void {
    if (this.#pair.box !== undefined) return
    this.#reader ??= compileReader(this.#pair) ?? null
    this.#writer ??= compileWriter(this.#pair) ?? null
  }

  decode(bytes: Uint8Array, start = 0): unknown {
    const { bytes: most } = this.#pair.limits
    if (bytes.length > most) throw new EvolveError('limit-exceeded', `the message has ${bytes.length} bytes, ${most} are allowed`)
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (this.#reader === undefined && this.#pair.box === undefined) {
      this.#toRead -= buffer.length - start
      if (this.#toRead < 0) this.#reader = compileReader(this.#pair) ?? null
    }
    if (this.#reader) {
      try {
        return this.#reader(buffer, start)
      } catch {
        // Out of the ordinary: walking the plan reads it, or says what is wrong and where.
      }
    }
    return readDatum(this.#pair, new Tap(buffer, start))
  }

  encode(value: unknown, headroom = 0): Buffer {
    if (this.#writer === undefined && this.#toWrite < 0 && this.#pair.box === undefined) this.#writer = compileWriter(this.#pair) ?? null
    if (this.#writer) {
      try {
        return this.#writer(value, headroom)
      } catch {
        // As above.
      }
    }
    const bytes = this.#walk(value, headroom)
    this.#toWrite -= bytes.length
    return bytes
  }

  #walk(value: unknown, headroom: number): Buffer {
    const sink = borrowSink()
    try {
      sink.reserve(headroom)
      sink.position = headroom
      writeDatum(value, new WriteRun(this.#pair, sink, write))
      return Buffer.from(sink.buffer.subarray(0, sink.position))
    } finally {
      returnSink(sink)
    }
  }
}
