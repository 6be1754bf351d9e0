import { nameOf } from '../schema/default.ts'
import { pointerStep } from '../schema/names.ts'
import type { Plan, RecordPlan } from './plan.ts'

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
  const divergences: PlanDivergence[] = []
  walk(plan, '', divergences, new Set())
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

function walk(plan: Plan, path: string, found: PlanDivergence[], seen: Set<RecordPlan>): void {
  switch (plan.kind) {
    case 'leaf': {
      // A time finer than a Date collapses too, but that is the representation, not a difference of the schemas.
      if (plan.writer.kind === plan.reader.kind) return
      found.push({ path, kind: 'promoted', detail: `${plan.writer.kind} is read as ${plan.reader.kind}` })
      if (plan.collapses) found.push({ path, kind: 'collapsed', detail: `${plan.writer.kind} may be rounded to ${plan.reader.kind}` })
      return
    }
    case 'enum': {
      const lost = plan.writer.symbols.filter((symbol, index) => plan.symbols[index] !== symbol)
      const more = plan.reader.symbols.filter((symbol) => !plan.writer.symbols.includes(symbol))
      if (lost.length > 0)
        found.push({
          path,
          kind: plan.collapses ? 'collapsed' : 'unreadable',
          detail: `the reader does not know the symbols ${lost.join(', ')}`,
        })
      if (more.length > 0) found.push({ path, kind: 'reader-only', detail: `the writer does not know the symbols ${more.join(', ')}` })
      return
    }
    case 'custom':
      return walk(plan.base, path, found, seen)
    case 'array':
      return walk(plan.items, `${path}/*`, found, seen)
    case 'map':
      return walk(plan.values, `${path}/*`, found, seen)
    case 'writer-union': {
      if (plan.collapses) found.push({ path, kind: 'collapsed', detail: 'several branches of the writer are one branch of the reader' })
      plan.sources.forEach((sources, index) => {
        if (sources.length > 0) return
        const branch = plan.reader.kind === 'union' ? plan.reader.branches[index] : plan.reader
        if (branch !== undefined) found.push({ path, kind: 'reader-only', detail: `the writer has no branch ${nameOf(branch)}` })
      })
      for (const branch of plan.branches) walk(branch.kind === 'reader-union' ? branch.branch : branch, path, found, seen)
      return
    }
    case 'reader-union':
      if (plan.reader.branches.length > 1) found.push({ path, kind: 'promoted', detail: `${nameOf(plan.writer)} is read as a union` })
      return walk(plan.branch, path, found, seen)
    case 'unreadable':
      found.push({ path, kind: 'unreadable', detail: plan.problem })
      return
    case 'record':
      return walkRecord(plan, path, found, seen)
  }
}

function walkRecord(plan: RecordPlan, path: string, found: PlanDivergence[], seen: Set<RecordPlan>): void {
  if (seen.has(plan)) return
  seen.add(plan)
  let last = -1
  for (const step of plan.steps) {
    if (step.kind === 'skip') {
      found.push({
        path: path + pointerStep(step.field.name),
        kind: 'writer-only',
        detail: `the reader of ${plan.reader.name} has no field ${step.field.name}`,
      })
      continue
    }
    const at = path + pointerStep(step.target.name)
    if (step.field.name !== step.target.name) found.push({ path: at, kind: 'renamed', detail: `the writer calls it ${step.field.name}` })
    if (step.index < last) found.push({ path: at, kind: 'reordered', detail: 'it stands at another place in the writer' })
    last = Math.max(last, step.index)
    walk(step.plan, at, found, seen)
  }
  for (const { field, problem } of plan.added) {
    const kind = problem === undefined ? 'reader-only' : 'unreadable'
    found.push({ path: path + pointerStep(field.name), kind, detail: problem ?? `the writer has no field ${field.name}` })
  }
}

/** Kinds of divergence, seen from the reader's data in the writer's hands, that keep the writer's readers from seeing the same. */
const HARMFUL_ON_THE_WAY_BACK: readonly PlanDivergence['kind'][] = ['unreadable', 'collapsed', 'renamed']

/** Whether those who read the writer's schema see the same in what is written under the reader's. `back` is asked for only where it matters. */
export function readerCoversWriter(there: Relationship, back: () => Relationship): boolean {
  if (there.relation === 'identical') return true
  return there.relation === 'reader-superset' && !back().divergences.some((found) => HARMFUL_ON_THE_WAY_BACK.includes(found.kind))
}
