import type { FixedSchema, PrimitiveSchema } from '../schema/types.ts'
import type { Plan } from './plan.ts'
import { leafForm, type Representation } from './representation.ts'

/** Whether two wire values of a leaf may look the same to the reader. */
export function leafCollapses(
  writer: PrimitiveSchema | FixedSchema,
  reader: PrimitiveSchema | FixedSchema,
  representation: Representation,
): boolean {
  const form = leafForm(reader, representation)
  if (form.form === 'timestamp' && form.unit !== 'millis') return true
  if (form.form === 'uuid') return false
  if (reader.kind === 'float') return writer.kind === 'int' || writer.kind === 'long'
  return reader.kind === 'double' && writer.kind === 'long'
}

/**
 * Whether something collapses in what a plan reads, outside the records in it: those carry what is theirs, the rest must
 * be carried by the record around it.
 */
export function collapsesHere(plan: Plan): boolean {
  switch (plan.kind) {
    case 'leaf':
    case 'enum':
      return plan.collapses
    case 'custom':
      return !plan.type.lossless || hidesInside(plan.base)
    case 'array':
      return collapsesHere(plan.items)
    case 'map':
      return collapsesHere(plan.values)
    case 'reader-union':
      return collapsesHere(plan.branch)
    case 'writer-union':
      return (
        plan.sources.some((rivals) => rivals.length > 1 && rivals.some((index) => !endsInRecord(plan.branches[index]))) ||
        plan.branches.some(collapsesHere)
      )
    case 'record':
    case 'unreadable':
      return false
  }
}

/** Whether something collapses in a plan, or is carried by a record in it: an application's value made from that record does not carry it. */
export function hidesInside(plan: Plan, seen: Set<Plan> = new Set()): boolean {
  if (collapsesHere(plan)) return true
  switch (plan.kind) {
    case 'array':
      return hidesInside(plan.items, seen)
    case 'map':
      return hidesInside(plan.values, seen)
    case 'custom':
      return hidesInside(plan.base, seen)
    case 'reader-union':
      return hidesInside(plan.branch, seen)
    case 'writer-union':
      return plan.branches.some((branch) => hidesInside(branch, seen))
    case 'record':
      if (seen.has(plan)) return false
      seen.add(plan)
      return plan.steps.some((step) => step.kind === 'skip' || hidesInside(step.plan, seen))
    default:
      return false
  }
}

function endsInRecord(plan: Plan | undefined): boolean {
  return plan?.kind === 'record' || (plan?.kind === 'reader-union' && plan.branch.kind === 'record')
}
