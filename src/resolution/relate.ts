import { nameOf } from '../schema/default.ts'
import { pointerStep } from '../schema/names.ts'
import type { EnumPlan, Plan, RecordPlan, WriterUnionPlan } from './plan.ts'

/** How two schemas relate, seen from the writer's data in the reader's hands. */
export type Relation = 'identical' | 'writer-superset' | 'reader-superset' | 'diverged' | 'incompatible'

/** One place where two schemas differ. */
export interface PlanDivergence {
  /** JSON Pointer into the reader's value; `*` stands for an element of an array or a map. */
  readonly path: string
  readonly kind: 'writer-only' | 'reader-only' | 'promoted' | 'collapsed' | 'renamed' | 'reordered' | 'unreadable'
  readonly detail: string
}

/** What a walk over a plan finds. */
export interface Relationship {
  readonly relation: Relation
  readonly divergences: readonly PlanDivergence[]
}

/** Kinds of divergence under which the reader's schema cannot say all that the writer's did. */
const WRITER_SAYS_MORE: readonly PlanDivergence['kind'][] = ['writer-only', 'renamed', 'collapsed']

/**
 * Reads the relation off a plan. A difference in what the *reader* may say (wider types, more symbols, nullable) leaves
 * it a superset: whatever was written, the reader's schema can hold.
 */
export function relate(plan: Plan): Relationship {
  if (plan.kind === 'unreadable') {
    return { relation: 'incompatible', divergences: [{ path: '', kind: 'unreadable', detail: plan.problem }] }
  }
  const divergences = walk(plan)
  return { relation: relationOf(plan, divergences), divergences }
}

function relationOf(plan: Plan, divergences: readonly PlanDivergence[]): Relation {
  const root = plan.kind === 'custom' ? plan.base : plan
  if (root.kind === 'record' && root.added.some((field) => field.problem !== undefined)) return 'incompatible'
  const writerMore = divergences.some((found) => WRITER_SAYS_MORE.includes(found.kind))
  const readerMore = divergences.some((found) => found.kind === 'reader-only' || found.kind === 'promoted' || found.kind === 'unreadable')
  if (writerMore) return readerMore ? 'diverged' : 'writer-superset'
  return divergences.length > 0 ? 'reader-superset' : 'identical'
}

/** What is still to be said: a divergence, or all that is in a part of the plan. */
type Task = PlanDivergence | { readonly path: string; readonly plan: Plan }

/** In the order of the plan, with a stack of its own: a chain of records may be longer than the stack of calls is deep. */
function walk(root: Plan): PlanDivergence[] {
  const found: PlanDivergence[] = []
  const seen = new Set<RecordPlan>()
  const stack: Task[] = [{ path: '', plan: root }]
  for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
    if (!('plan' in task)) {
      found.push(task)
      continue
    }
    if (task.plan.kind === 'record') {
      if (seen.has(task.plan)) continue
      seen.add(task.plan)
    }
    for (const next of tasksIn(task.plan, task.path).reverse()) stack.push(next)
  }
  return found
}

function tasksIn(plan: Plan, path: string): Task[] {
  switch (plan.kind) {
    case 'leaf': {
      // A time finer than a Date collapses too, but that is the representation, not a difference of the schemas.
      if (plan.writer.kind === plan.reader.kind) return []
      const tasks: Task[] = [{ path, kind: 'promoted', detail: `${plan.writer.kind} is read as ${plan.reader.kind}` }]
      if (plan.collapses) tasks.push({ path, kind: 'collapsed', detail: `${plan.writer.kind} may be rounded to ${plan.reader.kind}` })
      return tasks
    }
    case 'custom':
      return [{ path, plan: plan.base }]
    case 'enum':
      return symbolTasks(plan, path)
    case 'array':
      return [{ path: `${path}/*`, plan: plan.items }]
    case 'map':
      return [{ path: `${path}/*`, plan: plan.values }]
    case 'writer-union':
      return branchTasks(plan, path)
    case 'reader-union': {
      const inside = { path, plan: plan.branch }
      if (plan.reader.branches.length === 1) return [inside]
      return [{ path, kind: 'promoted', detail: `${nameOf(plan.writer)} is read as a union` }, inside]
    }
    case 'unreadable':
      return [{ path, kind: 'unreadable', detail: plan.problem }]
    case 'record':
      return fieldTasks(plan, path)
  }
}

function symbolTasks(plan: EnumPlan, path: string): Task[] {
  const tasks: Task[] = []
  const lost = plan.writer.symbols.filter((symbol, index) => plan.symbols[index] !== symbol)
  if (lost.length > 0) {
    const kind = plan.collapses ? 'collapsed' : 'unreadable'
    tasks.push({ path, kind, detail: `the reader does not know the symbols ${lost.join(', ')}` })
  }
  const written = new Set(plan.writer.symbols)
  const more = plan.reader.symbols.filter((symbol) => !written.has(symbol))
  if (more.length > 0) tasks.push({ path, kind: 'reader-only', detail: `the writer does not know the symbols ${more.join(', ')}` })
  return tasks
}

function branchTasks(plan: WriterUnionPlan, path: string): Task[] {
  const tasks: Task[] = []
  if (plan.collapses) tasks.push({ path, kind: 'collapsed', detail: 'several branches of the writer are one branch of the reader' })
  for (const [index, sources] of plan.sources.entries()) {
    if (sources.length > 0) continue
    const branch = plan.reader.kind === 'union' ? plan.reader.branches[index] : plan.reader
    if (branch !== undefined) tasks.push({ path, kind: 'reader-only', detail: `the writer has no branch ${nameOf(branch)}` })
  }
  for (const branch of plan.branches) tasks.push({ path, plan: branch.kind === 'reader-union' ? branch.branch : branch })
  return tasks
}

function fieldTasks(plan: RecordPlan, path: string): Task[] {
  const tasks: Task[] = []
  if (plan.misnamed === true) tasks.push({ path, kind: 'renamed', detail: `the writer calls it ${plan.writer.name}` })
  let last = -1
  for (const step of plan.steps) {
    if (step.kind === 'skip') {
      const detail = `the reader of ${plan.reader.name} has no field ${step.field.name}`
      tasks.push({ path: path + pointerStep(step.field.name), kind: 'writer-only', detail })
      continue
    }
    const at = path + pointerStep(step.target.name)
    if (step.field.name !== step.target.name) tasks.push({ path: at, kind: 'renamed', detail: `the writer calls it ${step.field.name}` })
    if (step.index < last) tasks.push({ path: at, kind: 'reordered', detail: 'it stands at another place in the writer' })
    last = Math.max(last, step.index)
    tasks.push({ path: at, plan: step.plan })
  }
  for (const { field, problem } of plan.added) {
    const kind = problem === undefined ? 'reader-only' : 'unreadable'
    tasks.push({ path: path + pointerStep(field.name), kind, detail: problem ?? `the writer has no field ${field.name}` })
  }
  return tasks
}

/** Kinds of divergence, seen from the reader's data in the writer's hands, that keep the writer's readers from seeing the same. */
const HARMFUL_ON_THE_WAY_BACK: readonly PlanDivergence['kind'][] = ['unreadable', 'collapsed', 'renamed']

/** Whether those who read the writer's schema see the same in what is written under the reader's. `back` is asked for only where it matters. */
export function readerCoversWriter(there: Relationship, back: () => Relationship): boolean {
  if (there.relation === 'identical') return true
  return there.relation === 'reader-superset' && !back().divergences.some((found) => HARMFUL_ON_THE_WAY_BACK.includes(found.kind))
}
