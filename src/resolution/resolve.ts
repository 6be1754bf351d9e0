import { nameOf } from '../schema/default.ts'
import { remember } from '../schema/remember.ts'
import type { EnumSchema, Field, FixedSchema, PrimitiveSchema, RecordSchema, Schema, UnionSchema } from '../schema/types.ts'
import { collapsesHere, leafCollapses } from './collapse.ts'
import { branchFor, namesMatch, promotes } from './match.ts'
import type {
  AddedField,
  EnumPlan,
  IncompatibilityKind,
  LeafPlan,
  Plan,
  ReaderUnionPlan,
  RecordPlan,
  Step,
  UnreadablePlan,
  WriterUnionPlan,
} from './plan.ts'
import type { Representation } from './representation.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * How a reader takes what a writer wrote (Apache Avro 1.12, "Schema Resolution"). Pure; never throws: what cannot be read
 * is a node of the plan. One record pair is one node, however often it occurs.
 */
export function resolvePlan(writer: Schema, reader: Schema, representation: Representation): Plan {
  return new Resolver(representation).run(writer, reader)
}

class Resolver {
  readonly #representation: Representation
  readonly #records = new Map<RecordSchema, Map<RecordSchema, Mutable<RecordPlan>>>()
  readonly #made: Mutable<RecordPlan>[] = []
  readonly #objects: object[] = []

  constructor(representation: Representation) {
    this.#representation = representation
  }

  run(writer: Schema, reader: Schema): Plan {
    const plan = this.#plan(writer, reader)
    for (const record of this.#made) numberSlots(record)
    for (const object of this.#objects) Object.freeze(object)
    return plan
  }

  #plan(writer: Schema, reader: Schema): Plan {
    if (writer.kind === 'union') return this.#fromUnion(writer, reader)
    if (reader.kind === 'union') return this.#intoUnion(writer, reader)
    const custom = this.#representation.custom?.bind(reader)
    if (custom === undefined) return this.#base(writer, reader)
    const base = this.#base(writer, reader)
    return base.kind === 'unreadable' ? base : this.#keep({ kind: 'custom', writer, reader, base, type: custom })
  }

  #base(writer: Exclude<Schema, UnionSchema>, reader: Exclude<Schema, UnionSchema>): Plan {
    if (writer.kind === 'record' && reader.kind === 'record') return this.#record(writer, reader)
    if (writer.kind === 'enum' && reader.kind === 'enum') return this.#enum(writer, reader)
    if (writer.kind === 'array' && reader.kind === 'array')
      return this.#keep({ kind: 'array', writer, reader, items: this.#plan(writer.items, reader.items) })
    if (writer.kind === 'map' && reader.kind === 'map')
      return this.#keep({ kind: 'map', writer, reader, values: this.#plan(writer.values, reader.values) })
    if (isLeaf(writer) && isLeaf(reader)) return this.#leaf(writer, reader)
    return this.#unreadable(writer, reader, 'TYPE_MISMATCH', `${nameOf(writer)} cannot be read as ${nameOf(reader)}`)
  }

  #keep<T extends object>(object: T): T {
    this.#objects.push(object)
    return object
  }

  #unreadable(writer: Schema, reader: Schema, incompatibility: IncompatibilityKind, problem: string): UnreadablePlan {
    return this.#keep({ kind: 'unreadable', writer, reader, incompatibility, problem })
  }

  #leaf(writer: PrimitiveSchema | FixedSchema, reader: PrimitiveSchema | FixedSchema): LeafPlan | UnreadablePlan {
    if (writer.kind === 'fixed' && reader.kind === 'fixed') {
      if (!namesMatch(writer, reader)) return this.#misnamed(writer, reader)
      if (writer.size !== reader.size) {
        return this.#unreadable(
          writer,
          reader,
          'FIXED_SIZE_MISMATCH',
          `${writer.name} has ${writer.size} bytes, the reader expects ${reader.size}`,
        )
      }
    } else if (writer.kind !== reader.kind && !promotes(writer.kind, reader.kind)) {
      return this.#unreadable(writer, reader, 'TYPE_MISMATCH', `${nameOf(writer)} cannot be read as ${nameOf(reader)}`)
    }
    const [mine, theirs] = [reader.logical, writer.logical]
    if (
      this.#representation.logicalTypes === 'standard' &&
      this.#representation.custom?.replaces(reader) !== true &&
      mine?.type === 'decimal' &&
      theirs?.type === 'decimal' &&
      mine.scale !== theirs.scale
    ) {
      return this.#unreadable(
        writer,
        reader,
        'TYPE_MISMATCH',
        `a decimal of scale ${theirs.scale} cannot be read as one of scale ${mine.scale}`,
      )
    }
    return this.#keep({ kind: 'leaf', writer, reader, collapses: leafCollapses(writer, reader, this.#representation) })
  }

  #misnamed(writer: Schema, reader: Schema): UnreadablePlan {
    return this.#unreadable(
      writer,
      reader,
      'NAME_MISMATCH',
      `${writer.kind} ${nameOf(writer)} cannot be read as ${nameOf(reader)}: give the reader the alias`,
    )
  }

  #enum(writer: EnumSchema, reader: EnumSchema): EnumPlan | UnreadablePlan {
    if (!namesMatch(writer, reader)) return this.#misnamed(writer, reader)
    const fallback = this.#representation.unknownSymbols === 'refuse' ? undefined : reader.default
    const symbols = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : fallback))
    return this.#keep({
      kind: 'enum',
      writer,
      reader,
      symbols,
      collapses: writer.symbols.some((symbol, index) => symbols[index] !== undefined && symbols[index] !== symbol),
    })
  }

  #fromUnion(writer: UnionSchema, reader: Schema): WriterUnionPlan {
    const branches = writer.branches.map((branch) => this.#plan(branch, reader))
    const sources: number[][] = (reader.kind === 'union' ? reader.branches : [reader]).map(() => [])
    for (const [index, branch] of branches.entries()) {
      if (branch.kind === 'unreadable') continue
      sources[branch.kind === 'reader-union' ? branch.index : 0]?.push(index)
    }
    for (const rivals of sources) if (rivals.length > 1) for (const index of rivals) markProvenance(branches[index])
    return this.#keep({ kind: 'writer-union', writer, reader, branches, sources, collapses: sources.some((rivals) => rivals.length > 1) })
  }

  #intoUnion(writer: Schema, reader: UnionSchema): ReaderUnionPlan | UnreadablePlan {
    const index = branchFor(writer, reader.branches)
    const target = reader.branches[index]
    if (target === undefined) {
      const names = reader.branches.map(nameOf).join(', ')
      return this.#unreadable(writer, reader, 'MISSING_UNION_BRANCH', `${nameOf(writer)} is none of the reader's branches ${names}`)
    }
    const branch = this.#plan(writer, target)
    return branch.kind === 'unreadable' ? branch : this.#keep({ kind: 'reader-union', writer, reader, index, branch })
  }

  #record(writer: RecordSchema, reader: RecordSchema): RecordPlan | UnreadablePlan {
    const known = remember(this.#records, writer, () => new Map<RecordSchema, Mutable<RecordPlan>>())
    const made = known.get(reader)
    if (made !== undefined) return made
    if (!namesMatch(writer, reader)) return this.#misnamed(writer, reader)
    const steps: Step[] = this.#keep([])
    const added: AddedField[] = this.#keep([])
    const plan: Mutable<RecordPlan> = this.#keep({ kind: 'record', writer, reader, steps, added, slots: 0, provenance: false })
    // Before descending: a record inside itself finds its own plan.
    known.set(reader, plan)
    this.#made.push(plan)
    const targets = matchFields(writer, reader)
    for (const field of writer.fields) {
      const target = targets.get(field)
      if (target === undefined) steps.push(this.#keep({ kind: 'skip', field, slot: -1 }))
      else
        steps.push(
          this.#keep({
            kind: 'read',
            field,
            target,
            index: reader.fields.indexOf(target),
            plan: this.#plan(field.type, target.type),
            slot: -1,
          }),
        )
    }
    const read = new Set(targets.values())
    for (const [index, field] of reader.fields.entries()) {
      if (read.has(field)) continue
      const problem = `the writer has no field ${field.name}, and the reader gives it no default`
      added.push(this.#keep(field.default === undefined ? { field, index, problem } : { field, index }))
    }
    return plan
  }
}

/** The reader's field for each of the writer's: by name, else by alias where no other field has that name. */
function matchFields(writer: RecordSchema, reader: RecordSchema): Map<Field, Field> {
  const byName = new Map(reader.fields.map((field) => [field.name, field] as const))
  const matches = new Map<Field, Field>()
  const taken = new Set<Field>()
  for (const field of writer.fields) {
    const target = byName.get(field.name)
    if (target === undefined) continue
    matches.set(field, target)
    taken.add(target)
  }
  for (const field of writer.fields) {
    if (matches.has(field)) continue
    const target = reader.fields.find((candidate) => !taken.has(candidate) && candidate.aliases.includes(field.name))
    if (target === undefined) continue
    matches.set(field, target)
    taken.add(target)
  }
  return matches
}

function numberSlots(record: Mutable<RecordPlan>): void {
  let slots = 0
  let inRun = false
  for (const step of record.steps as Mutable<Step>[]) {
    if (step.kind === 'skip') {
      step.slot = inRun ? slots - 1 : slots++
      inRun = true
    } else {
      inRun = false
      if (collapsesHere(step.plan)) step.slot = slots++
    }
  }
  record.slots = slots
}

function markProvenance(plan: Plan | undefined): void {
  const branch = plan?.kind === 'reader-union' ? plan.branch : plan
  const inner = branch?.kind === 'custom' ? branch.base : branch
  if (inner?.kind === 'record') (inner as Mutable<RecordPlan>).provenance = true
}

function isLeaf(schema: Schema): schema is PrimitiveSchema | FixedSchema {
  return schema.kind !== 'record' && schema.kind !== 'enum' && schema.kind !== 'array' && schema.kind !== 'map' && schema.kind !== 'union'
}
