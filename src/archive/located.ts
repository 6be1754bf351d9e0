import { type ErrorDetails, EvolveError } from '../errors.ts'

/** The same error with the place in the container; what is not an error about data (a file that cannot be opened) stays as it is. */
export function located(error: unknown, place: Pick<ErrorDetails, 'block' | 'byte' | 'record'>): unknown {
  return error instanceof EvolveError ? error.with(place) : error
}
