import type { Plan, RecordPlan } from '../../../resolution/plan.ts'

/**
 * The records of a plan that become functions of their own, with their names: recursive ones, and those that occur at
 * more than one place. All others are written in place.
 */
export function functionRecords(plan: Plan): Map<RecordPlan, string> {
  const shared = new Map<RecordPlan, string>()
  visitRecords(plan, (record, isFirst) => {
    if (!isFirst && !shared.has(record)) shared.set(record, `f${shared.size}`)
  })
  return shared
}

/** Whether a test holds for any record of a plan. */
export function someRecord(plan: Plan, test: (record: RecordPlan) => boolean): boolean {
  let found = false
  visitRecords(plan, (record) => {
    found ||= test(record)
  })
  return found
}

/** Every place where a plan has a record; inside one it goes only the first time. */
function visitRecords(plan: Plan, action: (record: RecordPlan, isFirst: boolean) => void): void {
  const seen = new Set<RecordPlan>()
  visit(plan)

  function visit(at: Plan): void {
    switch (at.kind) {
      case 'array':
        return visit(at.items)
      case 'map':
        return visit(at.values)
      case 'custom':
        return visit(at.base)
      case 'reader-union':
        return visit(at.branch)
      case 'writer-union':
        return at.branches.forEach(visit)
      case 'record': {
        const isFirst = !seen.has(at)
        seen.add(at)
        action(at, isFirst)
        if (isFirst) for (const step of at.steps) if (step.kind === 'read') visit(step.plan)
      }
    }
  }
}
