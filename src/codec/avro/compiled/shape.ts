import type { Plan, RecordPlan } from '../../../resolution/plan.ts'

/**
 * The records of a plan that become functions of their own, with their names: recursive ones, and those that occur at
 * more than one place. All others are written in place.
 */
export function functionRecords(plan: Plan): Map<RecordPlan, string> {
  const seen = new Set<RecordPlan>()
  const shared = new Map<RecordPlan, string>()
  visit(plan)
  return shared

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
      case 'record':
        if (seen.has(at)) {
          if (!shared.has(at)) shared.set(at, `f${shared.size}`)
          return
        }
        seen.add(at)
        for (const step of at.steps) if (step.kind === 'read') visit(step.plan)
    }
  }
}
