import { EvolveError } from '../../errors.ts'

/**
 * Imports the package that a codec needs. `load` holds the `import()`, so that types and bundlers see it.
 * @throws EvolveError `missing-prerequisite` where it is not installed, or does not work on this machine.
 */
export async function loadPackage<T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    const problem = isMissing ? 'is not installed' : 'cannot be loaded'
    throw new EvolveError(
      'missing-prerequisite',
      `${purpose} needs the package ${name}, which ${problem}`,
      { hint: `npm install ${name}` },
      error,
    )
  }
}
