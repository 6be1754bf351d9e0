import { readFile, realpath, stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { EvolveError } from '../../../errors.ts'
import type { FetchTexts } from '../load/load-idl.ts'
import type { SourceText } from '../model.ts'

/** A file that is longer cannot state a schema (UTF-8: up to 4 bytes for a character). */
const maxBytes = 4 * 1_048_576

/** Reads files. @throws EvolveError `invalid-options` for one that cannot be read, `limit-exceeded` for one that is too long. */
export async function readTexts(cwd: string, files: readonly string[]): Promise<SourceText[]> {
  return Promise.all(files.map(async (file) => ({ file, text: await readText(resolve(cwd, file), file) })))
}

async function readText(path: string, file: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) throw new EvolveError('limit-exceeded', `${file} has ${size} bytes, ${maxBytes} are allowed`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof EvolveError) throw error
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new EvolveError('invalid-options', `${file} cannot be read (${reason})`, {}, error)
  }
}

/** Reads what IDL imports, from below the root of the project only: links that lead out of it are not followed. */
export function importsBelow(root: string, cwd: string): FetchTexts {
  return async (files) => {
    const top = await realpath(root)
    const found = new Map<string, string>()
    for (const file of files) {
      const path = await realpath(resolve(cwd, file)).catch(() => undefined)
      if (path === undefined || isOutside(relative(top, path))) continue
      found.set(file, await readText(path, file))
    }
    return found
  }
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || path.startsWith(sep) || /^[A-Za-z]:/.test(path)
}
