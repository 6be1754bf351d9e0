import { EvolveError } from '../errors.ts'

/** A mistake in how the program was called. */
export function usageError(problem: string, hint?: string): EvolveError {
  return new EvolveError('invalid-options', problem, hint === undefined ? {} : { hint })
}
