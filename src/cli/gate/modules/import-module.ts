import { pathToFileURL } from 'node:url'
import { EvolveError } from '../../../errors.ts'

/** Loads a module of the user's: gives its exports. */
export type ImportModule = (path: string) => Promise<Readonly<Record<string, unknown>>>

/** Loads JavaScript as Node does. */
export const importJavaScript: ImportModule = async (path) => (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>

/**
 * What loads TypeScript: jiti, an optional package that takes all of the language, otherwise Node itself where it can (from 22.18, what is erasable).
 * @throws EvolveError `missing-prerequisite` where neither is there.
 */
export async function typeScriptImporter(cwd: string): Promise<ImportModule> {
  const jiti = await import('jiti').catch(() => undefined)
  if (jiti !== undefined) {
    const loader = jiti.createJiti(pathToFileURL(`${cwd}/`).href, { fsCache: false, interopDefault: false, sourceMaps: true })
    // So that an error says where it is in what the user wrote.
    process.setSourceMapsEnabled(true)
    return async (path) => loader.import<Readonly<Record<string, unknown>>>(path)
  }
  const { typescript } = process.features as { readonly typescript?: unknown }
  if (typescript !== undefined && typescript !== false) return importJavaScript
  throw new EvolveError('missing-prerequisite', 'this Node does not run TypeScript, and the package jiti, which could, is not installed', {
    hint: 'npm install --save-dev jiti; or Node 22.18 or later; or give .avsc or .avdl files',
  })
}
