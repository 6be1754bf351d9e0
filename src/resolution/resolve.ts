import { nameOf } from '../schema/default.ts'
import { remember } from '../schema/remember.ts'
import type { EnumSchema, FixedSchema, PrimitiveSchema, RecordSchema, Schema, UnionSchema } from '../schema/types.ts'
import { collapsesHere, leafCollapses } from './collapse.ts'
import { type BranchIndex, branchFor, indexBranches, namesMatch, promotes } from './match.ts'
import { matchFields } from './match-fields.ts'
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

/** Fields of all pairs of records in one plan: a few times what two schemas of the greatest length have when each record meets one other. */
const MAX_PAIRED_FIELDS = 250_000
/** How deep records are tried against each other, one inside the other, before a match is taken for granted. */
const MAX_TRIALS = 50

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
  /** Records whose fields are still to be planned. A queue and no recursion: a chain of records may be as long as the names allowed. */
  readonly #queue: Mutable<RecordPlan>[] = []
  readonly #filled = new Set<RecordPlan>()
  readonly #unions = new Map<UnionSchema, BranchIndex>()
  #pairedFields = 0
  #trials = 0

  constructor(representation: Representation) {
    this.#representation = representation
  }

  run(writer: Schema, reader: Schema): Plan {
    const plan = this.#plan(writer, reader)
    for (let record = this.#queue.pop(); record !== undefined; record = this.#queue.pop()) this.#fill(record)
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
    const known = new Set(reader.symbols)
    const symbols = writer.symbols.map((symbol) => (known.has(symbol) ? symbol : fallback))
    return this.#keep({
      kind: 'enum',
      writer,
      reader,
      symbols,
      collapses: writer.symbols.some((symbol, index) => symbols[index] !== undefined && symbols[index] !== symbol),
    })
  }

  #fromUnion(writer: UnionSchema, reader: Schema): WriterUnionPlan {
    const isOpposite = reader.kind === 'union' && reader.branches.length === writer.branches.length
    const branches = writer.branches.map((branch, index) =>
      isOpposite && branch.kind !== 'union' ? this.#intoUnion(branch, reader, index) : this.#plan(branch, reader),
    )
    const sources: number[][] = (reader.kind === 'union' ? reader.branches : [reader]).map(() => [])
    for (const [index, branch] of branches.entries()) {
      if (branch.kind === 'unreadable') continue
      sources[branch.kind === 'reader-union' ? branch.index : 0]?.push(index)
    }
    for (const rivals of sources) if (rivals.length > 1) for (const index of rivals) markProvenance(branches[index])
    return this.#keep({ kind: 'writer-union', writer, reader, branches, sources, collapses: sources.some((rivals) => rivals.length > 1) })
  }

  #intoUnion(writer: Schema, reader: UnionSchema, position?: number): ReaderUnionPlan | UnreadablePlan {
    const branches = remember(this.#unions, reader, () => indexBranches(reader))
    const isSpent = this.#pairedFields > MAX_PAIRED_FIELDS && !this.#records.has(writer as RecordSchema)
    const reads = isSpent ? undefined : (record: RecordSchema, candidate: RecordSchema) => this.#reads(record, candidate)
    const index = branchFor(writer, branches, reads, position)
    const target = reader.branches[index]
    if (target === undefined) {
      const names = branchNames(reader)
      return this.#unreadable(writer, reader, 'MISSING_UNION_BRANCH', `${nameOf(writer)} is none of the reader's branches ${names}`)
    }
    const branch = this.#plan(writer, target)
    if (branch.kind === 'unreadable') return this.#unreadable(writer, reader, branch.incompatibility, branch.problem)
    return this.#keep({ kind: 'reader-union', writer, reader, index, branch })
  }

  /**
   * Whether the fields of a reader's record take those of a writer's: what Java asks where a union has no record of the name. What
   * is wrong deeper inside does not count.
   */
  #reads(writer: RecordSchema, reader: RecordSchema): boolean {
    if (this.#trials >= MAX_TRIALS) return true
    // Nothing is made for a pair that is not looked at any more: there may be millions.
    if (this.#pairedFields > MAX_PAIRED_FIELDS && this.#records.get(writer)?.has(reader) !== true) return false
    const plan = this.#record(writer, reader)
    if (plan.kind === 'unreadable') return false
    this.#trials++
    this.#fill(plan)
    this.#trials--
    return (
      plan.added.every((field) => field.problem === undefined) &&
      plan.steps.every((step) => step.kind === 'skip' || step.plan.kind !== 'unreadable')
    )
  }

  /** Records match whatever their names where there is no union to choose from, as in Java. */
  #record(writer: RecordSchema, reader: RecordSchema): Mutable<RecordPlan> | UnreadablePlan {
    const known = remember(this.#records, writer, () => new Map<RecordSchema, Mutable<RecordPlan>>())
    const made = known.get(reader)
    if (made !== undefined) return made
    this.#pairedFields += writer.fields.length + reader.fields.length + 1
    if (this.#pairedFields > MAX_PAIRED_FIELDS) {
      const problem = `records of more than ${MAX_PAIRED_FIELDS} fields in all meet each other in these two schemas`
      return this.#unreadable(writer, reader, 'TYPE_MISMATCH', problem)
    }
    const plan: Mutable<RecordPlan> = this.#keep({ kind: 'record', writer, reader, steps: [], added: [], slots: 0, provenance: false })
    if (!namesMatch(writer, reader)) plan.misnamed = true
    // Before its fields: a record inside itself finds its own plan.
    known.set(reader, plan)
    this.#made.push(plan)
    this.#queue.push(plan)
    return plan
  }

  #fill(plan: Mutable<RecordPlan>): void {
    if (this.#filled.has(plan)) return
    this.#filled.add(plan)
    const { writer, reader } = plan
    const steps: Step[] = this.#keep([])
    const added: AddedField[] = this.#keep([])
    plan.steps = steps
    plan.added = added
    const matches = matchFields(writer, reader)
    const read = new Set<number>()
    for (const field of writer.fields) {
      const match = matches.get(field)
      if (match === undefined) {
        steps.push(this.#keep({ kind: 'skip', field, slot: -1 }))
        continue
      }
      const { field: target, index } = match
      read.add(index)
      steps.push(this.#keep({ kind: 'read', field, target, index, plan: this.#plan(field.type, target.type), slot: -1 }))
    }
    for (const [index, field] of reader.fields.entries()) {
      if (read.has(index)) continue
      const problem = `the writer has no field ${field.name}, and the reader gives it no default`
      added.push(this.#keep(field.default === undefined ? { field, index, problem } : { field, index }))
    }
  }
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

/** Names of the branches of a union, so many that a sentence can be read. */
function branchNames({ branches }: UnionSchema): string {
  const names = branches.slice(0, MOST_NAMES).map(nameOf).join(', ')
  return branches.length > MOST_NAMES ? `${names} and ${branches.length - MOST_NAMES} more` : names
}

const MOST_NAMES = 20

function markProvenance(plan: Plan | undefined): void {
  const branch = plan?.kind === 'reader-union' ? plan.branch : plan
  const inner = branch?.kind === 'custom' ? branch.base : branch
  if (inner?.kind === 'record') (inner as Mutable<RecordPlan>).provenance = true
}

function isLeaf(schema: Schema): schema is PrimitiveSchema | FixedSchema {
  return schema.kind !== 'record' && schema.kind !== 'enum' && schema.kind !== 'array' && schema.kind !== 'map' && schema.kind !== 'union'
}
