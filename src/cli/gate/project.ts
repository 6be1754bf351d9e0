import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** Where the program runs, seen from the root of the project. */
export interface Project {
  /** The nearest folder upwards with `.git`, else where the program runs. */
  readonly root: string
  /** From the root to where the program runs: `''`, or a path with `/` at its end. */
  readonly prefix: string
}

/** Finds the root of the project. */
export function findProject(cwd: string): Project {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) {
      const path = relative(folder, cwd).split(sep).join('/')
      return { root: folder, prefix: path === '' ? '' : `${path}/` }
    }
    if (folder === dirname(folder)) return { root: cwd, prefix: '' }
  }
}
