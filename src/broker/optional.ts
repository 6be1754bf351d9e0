import { EvolveError } from '../errors.ts'

/**
 * Imports a package that need not be installed. `load` holds the `import()`, so that types and bundlers see it.
 * @throws EvolveError `missing-prerequisite` where it is not installed.
 */
export async function loadOptional<T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')))
      throw error
    throw new EvolveError(
      'missing-prerequisite',
      `the package ${name} is not installed; ${purpose}`,
      { hint: `npm install --save-dev ${name}` },
      error,
    )
  }
}
