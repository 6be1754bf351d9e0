import type { Plan } from '../../../resolution/plan.ts'
import type { UnknownFieldPolicy } from '../../codec.ts'
import type { Pair } from '../pair.ts'
import type { Source } from './source.ts'

/**
 * The text of a writer in the making. It writes `value`, the name of a variable, at `p` of the chunk `B`; every way out of the ordinary is a `throw BAIL`, and `throw FULL` where the
 * chunk ends.
 */
export interface WriterText {
  readonly pair: Pair
  readonly policy: UnknownFieldPolicy
  readonly source: Source
  /** Adds what writes a value under any plan, `depth` levels inside of the function that it stands in. */
  write(plan: Plan, value: string, depth: number): void
}
