import { readdir, stat } from 'node:fs/promises'
import { posix, relative, resolve, sep } from 'node:path'
import { usageError } from '../../usage.ts'
import { globBase, globMatcher, isGlob } from './glob.ts'

/** Files that state schemas as text. */
export const schemaEndings: readonly string[] = ['.avsc', '.avpr', '.avdl']
/** Modules: only looked at when a file or a pattern names them, as code is run to read them. */
export const moduleEndings: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

const skipped = new Set(['node_modules', '.git'])

/** What the user named: which files there are, and whether a file is meant, there or not. */
export interface FoundFiles {
  /** Relative to `cwd`, with `/`, in the order of their text, each once. */
  readonly files: readonly string[]
  isMeant(file: string): boolean
}

/**
 * Finds schema files by paths: files, folders (all `.avsc`, `.avpr` and `.avdl` in them), patterns. `node_modules` and `.git` are left out unless named.
 * @throws EvolveError `invalid-options` for a file or folder that is not there, and where a pattern or a folder holds nothing.
 */
export async function findFiles(cwd: string, paths: readonly string[], exclude: readonly string[] = []): Promise<FoundFiles> {
  const excluded = exclude.map((pattern) => globMatcher(posix.normalize(pattern)))
  const found = new Set<string>()
  const meant: ((file: string) => boolean)[] = []
  for (const given of paths) {
    const path = tidy(cwd, given)
    const matches = isGlob(path) && !(await isThere(cwd, path)) ? globMatcher(path) : await whatIsThere(cwd, path, given)
    const isMeant = (file: string): boolean => matches(file) && !excluded.some((isExcluded) => isExcluded(file))
    meant.push(isMeant)
    const isFolder = path === '.' || (await isThere(cwd, path, true))
    const base = isFolder ? path : isGlob(path) ? globBase(path) : path
    const files = isFolder || isGlob(path) ? await filesBelow(cwd, base) : [path]
    for (const file of files) if (isMeant(file)) found.add(file)
  }
  return { files: [...found].sort(), isMeant: (file) => meant.some((isMeant) => isMeant(file)) }
}

function tidy(cwd: string, given: string): string {
  const path = relative(cwd, resolve(cwd, given)).split(sep).join('/')
  return path === '' ? '.' : path
}

async function isThere(cwd: string, path: string, asFolder: boolean = false): Promise<boolean> {
  const found = await stat(resolve(cwd, path)).catch(() => undefined)
  return found !== undefined && (!asFolder || found.isDirectory())
}

async function whatIsThere(cwd: string, path: string, given: string): Promise<(file: string) => boolean> {
  const found = await stat(resolve(cwd, path)).catch(() => undefined)
  if (found === undefined)
    throw usageError(`there is no file or folder ${given}`, 'patterns with * want quotes, or a shell that expands them')
  if (!found.isDirectory()) return (file) => file === path
  const prefix = path === '.' ? '' : `${path}/`
  return (file) => file.startsWith(prefix) && schemaEndings.some((ending) => file.endsWith(ending))
}

async function filesBelow(cwd: string, folder: string): Promise<string[]> {
  const entries = await readdir(resolve(cwd, folder), { withFileTypes: true }).catch(() => [])
  const inside = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const path = folder === '.' || folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(cwd, path)
      return entry.isFile() ? [path] : []
    }),
  )
  return inside.flat()
}
