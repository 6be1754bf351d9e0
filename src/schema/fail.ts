import { EvolveError } from '../errors.ts'

/** Refuses a schema. @throws EvolveError `invalid-schema`, `path` being the JSON Pointer into it. */
export function fail(path: string, problem: string): never {
  throw new EvolveError('invalid-schema', problem, { path })
}
