import { remember } from '../schema/remember.ts'
import type { Schema, UnionSchema } from '../schema/types.ts'
import { branchProblem, fieldProblems, type Incompatibility, noBranchProblem, ownProblems, recordNameProblem } from './incompatibility.ts'
import type { Plan, RecordPlan } from './plan.ts'
import { type Representation, standardRepresentation } from './representation.ts'
import { resolvePlan } from './resolve.ts'
import { type Choice, SoundPlans } from './sound-plans.ts'

/** Whether a reader reads all that a writer may write, and if not, why. */
export interface Compatibility {
  readonly compatible: boolean
  /** Every reason, in the order of the reader's schema; a type that is used at several places is reported where it is defined. */
  readonly incompatibilities: readonly Incompatibility[]
}

/** Logical types have no part in it: two types match by their base types. */
const baseTypes: Representation = Object.freeze({ ...standardRepresentation, logicalTypes: 'none' })

/**
 * Whether all data of the writer's schema can be read under the reader's (Apache Avro 1.12, "Schema Resolution"), as Java's
 * `SchemaCompatibility` says it, which is stricter than reading: names of records must match, and every branch of the writer's unions must
 * have one in the reader's. Nothing is kept between two calls.
 */
export function checkSchemas(reader: Schema, writer: Schema): Compatibility {
  const root = planOf(writer, reader)
  const sound = new SoundPlans(root, planOf)
  // Most versions go with each other: then there is nothing to look for.
  if (sound.isSound(root)) return allRead
  const search = new Search(sound)
  const incompatibilities = Object.freeze(
    Array.from(search.problemsIn(root), ({ at: _, ...found }) => Object.freeze({ ...found, path: found.path || '/' })),
  )
  return Object.freeze({ compatible: incompatibilities.length === 0, incompatibilities })
}

const allRead: Compatibility = Object.freeze({ compatible: true, incompatibilities: Object.freeze([]) })

function planOf(writer: Schema, reader: Schema): Plan {
  return resolvePlan(writer, reader, baseTypes)
}

/** How long the first reason is looked for why a branch of a union fails. */
const MAX_STEPS_INSIDE = 200
/** How often it is asked whether a branch fails only because of the record around it. */
const MAX_QUESTIONS = 20

/** The records around a part, from the inside out. */
interface Around {
  readonly plan: RecordPlan
  readonly around: Around | undefined
}

/** What is still to be said: a problem, what is in a part, or that a choice has no way. */
type Task = { readonly path: string; readonly at: string; readonly around: Around | undefined } & (
  | { readonly plan: Plan; readonly union?: UnionSchema | undefined }
  | { readonly choice: Choice }
  | { readonly problem: Incompatibility }
)

/** A reason, and the type or the field that it is about: `shop.Status`, `shop.Order.items[]`; empty in no record. */
interface Found extends Incompatibility {
  readonly at: string
}

class Search {
  readonly #sound: SoundPlans
  readonly #said = new Map<Schema, Set<Schema>>()
  /** Present where only the first reason matters, and the branches of unions are looked into for it. */
  readonly #maxSteps: number | undefined
  #questions = 0

  constructor(sound: SoundPlans, maxSteps?: number) {
    this.#sound = sound
    this.#maxSteps = maxSteps
  }

  /** In the order of the reader's schema, with a stack of its own: a chain of records may be longer than the stack of calls is deep. */
  *problemsIn(root: Plan, place = ''): Generator<Found> {
    const stack: Task[] = [{ path: '', at: place, plan: root, around: undefined }]
    for (let task = stack.pop(), steps = 0; task !== undefined; task = stack.pop(), steps++) {
      if (this.#maxSteps !== undefined && steps > this.#maxSteps) return
      const { path, at } = task
      if ('problem' in task) yield { ...task.problem, path: path + task.problem.path, at }
      else if ('choice' in task) {
        if (!this.#fails(task.choice, task.around)) continue
        const way = wayOf(task.choice)
        if (way === undefined) yield { ...noBranchProblem(task.choice), path, at }
        else if (this.#maxSteps === undefined) yield { ...this.#branchProblem(task.choice, way, at), path, at }
        else stack.push({ path, at, around: task.around, plan: way })
      } else if (this.#isNew(task.plan)) stack.push(...tasksIn(task, task.plan, this.#sound).reverse())
    }
  }

  /** Named types are defined once: what is wrong with them is said there. */
  #isNew({ writer, reader }: Plan): boolean {
    if (!('name' in reader) || !('name' in writer)) return true
    const readers = remember(this.#said, writer, () => new Set<Schema>())
    return readers.size < readers.add(reader).size
  }

  /** A branch does not fail for what is wrong with the records around it: that is said where it is, as in Java. */
  #fails(choice: Choice, around: Around | undefined): boolean {
    if (this.#sound.isSound(choice)) return false
    if (choice.ways.length === 0 || around === undefined || this.#maxSteps !== undefined) return true
    if (this.#questions++ >= MAX_QUESTIONS) return true
    const assumed = new Set<Plan>()
    for (let at: Around | undefined = around; at !== undefined; at = at.around) assumed.add(at.plan)
    return choice.ways.every((way) => !new SoundPlans(way, planOf, assumed).isSound(way))
  }

  #branchProblem(choice: Choice, way: Plan, at: string): Incompatibility {
    const [first] = new Search(this.#sound, MAX_STEPS_INSIDE).problemsIn(way, at)
    // Other problems say themselves which type they are about.
    const isNameless = first?.kind === 'TYPE_MISMATCH' || first?.kind === 'MISSING_UNION_BRANCH'
    return { ...branchProblem(choice.writer, first, isNameless ? inShort(first.at) : ''), ...(first?.at ? { inside: first.at } : {}) }
  }
}

/** The branch that is meant for a type; a record of another name that happens to have its fields is another type. */
function wayOf({ ways: [way] }: Choice): Plan | undefined {
  return way?.kind === 'record' && way.misnamed === true ? undefined : way
}

/** A field with the unqualified name of its record. */
function inShort(at: string): string {
  return at.split('.').slice(-2).join('.')
}

function tasksIn({ path, at, around, ...task }: Task, plan: Plan, sound: SoundPlans): Task[] {
  if (plan.kind === 'record') return fieldTasks(plan, path, { plan, around })
  const { needs, choices } = sound.partsOf(plan)
  const step = (index: number): string => path + (plan.kind === 'writer-union' ? `/${index}` : (STEPS[plan.kind] ?? ''))
  const inside = at + (MARKS[plan.kind] ?? '')
  const union = plan.kind === 'writer-union' ? plan.writer : undefined
  const own = 'name' in plan.reader ? plan.reader.name : at
  return [
    ...ownProblems(plan, 'union' in task ? task.union : undefined).map((problem) => ({ path, at: own, around, problem })),
    ...needs.map((part, index) => ({ path: step(index), at: inside, around, plan: part, union })),
    ...choices.map((choice, index) => ({ path: step(index), at: inside, around, choice })),
  ]
}

/** From a type to the one inside it. */
const STEPS: Readonly<Partial<Record<Plan['kind'], string>>> = { array: '/items', map: '/values' }
/** The same, for people. */
const MARKS: Readonly<Partial<Record<Plan['kind'], string>>> = { array: '[]', map: '{}' }

function fieldTasks(plan: RecordPlan, path: string, around: Around): Task[] {
  const missing = fieldProblems(plan)
  const plans = new Map(plan.steps.flatMap((step) => (step.kind === 'read' ? [[step.index, step.plan] as const] : [])))
  const type = plan.reader.name
  const tasks: Task[] = recordNameProblem(plan).map((problem) => ({ path, at: type, around, problem }))
  for (const [index, { name }] of plan.reader.fields.entries()) {
    const problem = missing.get(index)
    const at = `${type}.${name}`
    if (problem !== undefined) tasks.push({ path, at, around, problem })
    const part = plans.get(index)
    if (part !== undefined) tasks.push({ path: `${path}/fields/${index}/type`, at, around, plan: part })
  }
  return tasks
}
