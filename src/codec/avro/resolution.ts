import { EvolveError, isEvolveError } from '../../errors.ts'
import { addsNothing, mergedText } from '../../resolution/merge.ts'
import type { Plan } from '../../resolution/plan.ts'
import { type Relation, type Relationship, readerCoversWriter, relate } from '../../resolution/relate.ts'
import { resolvePlan } from '../../resolution/resolve.ts'
import { parseSchema, schemaReferences } from '../../schema/parse.ts'
import { remember } from '../../schema/remember.ts'
import type { Schema } from '../../schema/types.ts'
import { Sink } from '../../wire/sink.ts'
import { Tap } from '../../wire/tap.ts'
import type { Divergence, EncodeOptions, Resolution, UnknownFieldPolicy } from '../codec.ts'
import { carriedIn } from './carried-in.ts'
import { carry } from './carry.ts'
import type { Choices } from './choices.ts'
import { type CompiledReader, compileReader } from './compiled/compile-reader.ts'
import { type CompiledWriter, compileWriter } from './compiled/compile-writer.ts'
import { checkEncodeOptions } from './encode-options.ts'
import { asBuffer } from './input.ts'
import { makePair } from './make-pair.ts'
import { isPlainObject } from './object.ts'
import type { Pair } from './pair.ts'
import { readDatum } from './read.ts'
import { sourceElsewhere } from './restore-elsewhere.ts'
import { sameValue } from './same.ts'
import { borrowSink, returnSink } from './spare-sink.ts'
import { write } from './write.ts'
import { restoreDatum, writeDatum } from './write-datum.ts'
import { WriteRun } from './write-run.ts'

/** How many bytes of a pair are walked in each direction before it is compiled: about as long as compiling takes. */
const WALKED = 2048

const plain: EncodeOptions = Object.freeze({})

const resolutions = new WeakMap<Schema, WeakMap<Choices, WeakMap<Schema, AvroResolution>>>()

/** The pair (writer, reader), made at the first call and kept as long as both schemas are. */
export function resolveSchemas(writer: Schema, reader: Schema, choices: Choices): AvroResolution {
  const byChoices = remember(resolutions, reader, () => new WeakMap<Choices, WeakMap<Schema, AvroResolution>>())
  const byWriter = remember(byChoices, choices, () => new WeakMap<Schema, AvroResolution>())
  return remember(byWriter, writer, () => new AvroResolution(writer, reader, choices))
}

/** A message, and the schema that it is written in. */
export interface Written {
  readonly bytes: Buffer
  readonly schema: Schema
}

/** A pair of Avro schemas: walked for its first values, compiled after that, and walked again for whatever compiled code leaves to walking. */
export class AvroResolution<Out = unknown, In = unknown> implements Resolution<Out, In> {
  readonly writer: Schema
  readonly reader: Schema
  readonly relation: Relation
  readonly divergences: readonly Divergence[]
  /** The pair as data: what is done with each part of a message. */
  readonly plan: Plan
  readonly #choices: Choices
  readonly #pair: Pair
  /** The limit on messages, looked at for each. */
  readonly #mostBytes: number
  /** Absent until the pair is compiled, `null` where code may not be made from text. */
  #reader: CompiledReader | null | undefined
  readonly #writers: Record<UnknownFieldPolicy, CompiledWriter | null | undefined> = {
    preserve: undefined,
    strict: undefined,
    drop: undefined,
  }
  #toRead: number
  #toWrite: number
  #merged: { readonly schema: Schema | undefined } | undefined

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
    this.#choices = choices
    this.#mostBytes = choices.limits.bytes
    this.#pair = makePair(writer, reader, choices, { plan: this.plan, rootCarries, resolution: this as Resolution, limits: choices.limits })
    this.#toRead = walked
    this.#toWrite = walked
  }

  /** Whether code was made for both directions. */
  get isCompiled(): boolean {
    return (this.#reader ?? undefined) !== undefined && (this.#writers.preserve ?? undefined) !== undefined
  }

  /** Compiles now instead of after the first values: for a service that wants its first message to be as quick as the rest. */
  warmUp(): void {
    this.#reader ??= compileReader(this.#pair) ?? null
    this.#writers.preserve ??= compileWriter(this.#pair, 'preserve') ?? null
  }

  /**
   * The writer's schema with the fields that only the reader has: what `output: 'merged'` writes in. `undefined` where there is none,
   * such as where two records of the reader would add fields of one name and different types. Made once.
   */
  get merged(): Schema | undefined {
    this.#merged ??= { schema: this.#merge() }
    return this.#merged.schema
  }

  #merge(): Schema | undefined {
    const text = mergedText(this.plan, this.writer, this.reader)
    if (text === undefined) return addsNothing(this.plan) ? this.writer : undefined
    try {
      const schema = parseSchema(text, { references: schemaReferences(this.writer), invalidNames: 'keep' })
      return relate(resolvePlan(schema, this.reader, this.#choices)).relation === 'incompatible' ? undefined : schema
    } catch (error) {
      if (isEvolveError(error)) return undefined
      throw error
    }
  }

  decode(bytes: Uint8Array, start = 0): Out {
    if (start >>> 0 !== start) throw new EvolveError('invalid-options', 'the place where a value starts is not an index')
    const reader = this.#reader
    if (reader && bytes instanceof Buffer && bytes.length <= this.#mostBytes) {
      try {
        return reader(bytes, start) as Out
      } catch {
        // Out of the ordinary: walking the plan reads it, or says what is wrong and where.
      }
    }
    return this.#decode(bytes, start, reader !== undefined)
  }

  /** All that is not ordinary; `isTried` where it was not only because the pair is not compiled, or in no Buffer. */
  #decode(bytes: Uint8Array, start: number, isTried: boolean): Out {
    const buffer = Buffer.isBuffer(bytes) ? bytes : asBuffer(bytes)
    if (buffer.length > this.#mostBytes)
      throw new EvolveError('limit-exceeded', `the message has ${buffer.length} bytes, ${this.#mostBytes} are allowed`)
    if (!isTried) {
      this.#toRead -= buffer.length - start
      if (this.#toRead < 0) this.#reader = compileReader(this.#pair) ?? null
    }
    return this.#reader && (buffer !== bytes || !isTried)
      ? this.decode(buffer, start)
      : (readDatum(this.#pair, new Tap(buffer, start)) as Out)
  }

  encode(value: In, options: EncodeOptions = plain): Buffer {
    if (options !== plain) checkEncodeOptions(options)
    if ((options.output ?? 'writer') !== 'writer') return this.write(value, options).bytes
    const { policy = 'preserve', headroom = 0 } = options
    // Compiled code has nothing to report: where it drops, it leaves whatever carries something to walking.
    const isSilent = options.onEvent === undefined || policy === 'drop'
    const ordinary = isSilent && options.source === undefined && options.narrowing !== 'round'
    if (ordinary && this.#writers[policy] === undefined && this.#toWrite < 0)
      this.#writers[policy] = compileWriter(this.#pair, policy) ?? null
    const writer = ordinary ? this.#writers[policy] : undefined
    if (writer) {
      try {
        return writer(value, headroom)
      } catch {
        // As above.
      }
    }
    const bytes = this.#walk(value, headroom, options)
    this.#toWrite -= bytes.length
    return bytes
  }

  /** As {@link AvroResolution.encode}, and tells which schema the bytes are in. */
  write(value: In, options: EncodeOptions = plain): Written {
    if (options !== plain) checkEncodeOptions(options)
    switch (options.output ?? 'writer') {
      case 'writer':
        return { bytes: this.encode(value, { ...options, output: 'writer' }), schema: this.writer }
      case 'reader':
        return this.#writeIn(this.reader, value, options)
      case 'merged':
        return this.#writeIn(this.merged ?? noMergedSchema(), value, options)
      case 'auto':
        return this.#writeLeast(value, options)
    }
  }

  #writeIn(schema: Schema, value: In, options: EncodeOptions): Written {
    const resolution: AvroResolution = resolveSchemas(schema, this.reader, this.#choices)
    const { source, ...others } = options
    if (source === undefined || options.policy === 'drop')
      return { bytes: resolution.encode(value, { ...others, output: 'writer' }), schema }
    if (this.#canCarry(value)) return { bytes: resolution.encode(this.#carryFrom(source, value), { ...others, output: 'writer' }), schema }
    // What still looks as it did must keep its meaning in the other schema; what was set anew has no source.
    const isLeft = schema !== this.writer && sameValue(this.decode(source), value)
    const there = isLeft ? sourceElsewhere(this.writer, source, schema, new WriteRun(this.#pair, new Sink(16), write)) : undefined
    return { bytes: resolution.encode(value, { ...others, output: 'writer', ...(there === undefined ? {} : { source: there }) }), schema }
  }

  /** Least change: the writer's schema for what came from the writer, the reader's where that says more and loses nothing. */
  #writeLeast(value: In, options: EncodeOptions): Written {
    const isWriters = options.policy !== 'drop' && (options.source !== undefined || carriedIn(value, this.#pair.limits.depth) !== undefined)
    if (!isWriters) return this.#writeIn(this.reader, value, options)
    try {
      return this.write(value, { ...options, output: 'writer' })
    } catch (error) {
      if (!isEvolveError(error) || error.code !== 'unknown-field-loss' || this.relation !== 'reader-superset') throw error
      try {
        return this.#writeIn(this.reader, value, options)
      } catch {
        throw error
      }
    }
  }

  /** Whether something can be hung on a value: on records, lists and maps, not on a value of the application's own. */
  #canCarry(value: In): boolean {
    return Array.isArray(value) || (isPlainObject(value) && this.plan.kind !== 'custom')
  }

  #carryFrom(source: Uint8Array, value: In): In {
    return carry(this.decode(source) as unknown, value)
  }

  #walk(value: In, headroom: number, options: EncodeOptions): Buffer {
    const sink = borrowSink(this.#pair.limits.bytes + headroom)
    const run = new WriteRun(this.#pair, sink, write, options)
    try {
      sink.reserve(headroom)
      sink.position = headroom
      const { source } = options
      if (source === undefined || options.policy === 'drop') writeDatum(value, run)
      else if (this.#canCarry(value)) writeDatum(this.#carryFrom(source, value), run)
      else restoreDatum(value, source, run)
      if (sink.position > sink.limit) throw new EvolveError('limit-exceeded', `the message has more than ${this.#pair.limits.bytes} bytes`)
      run.finish()
      return Buffer.from(sink.buffer.subarray(0, sink.position))
    } catch (error) {
      throw writingError(error, run.pointer)
    } finally {
      returnSink(sink)
    }
  }
}

/** What a getter or a proxy in the value throws, is an error of the value; kafkajs would stop a consumer for good for a `TypeError`. */
function writingError(error: unknown, path: string): unknown {
  if (isEvolveError(error)) return error.path === undefined ? error.with({ path }) : error
  const problem = error instanceof Error ? error.message : 'it throws what is no error'
  return new EvolveError('invalid-value', `the value cannot be looked at: ${problem}`, { path }, error)
}

function noMergedSchema(): never {
  throw new EvolveError('invalid-options', 'there is no schema with the fields of both: two fields of one name have different types', {
    hint: "write with output 'writer', or give one of the fields another name",
  })
}
