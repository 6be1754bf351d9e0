import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { EvolveError } from '../errors.ts'
import { usageError } from './usage.ts'

/** Longest file that is read as a whole: 64 MiB. */
const maxBytes = 64 * 1024 * 1024

/** A file's bytes. `what` names the option or argument. @throws EvolveError `invalid-options`. */
export async function readBytes(what: string, path: string, cwd: string): Promise<Buffer> {
  const place = resolve(cwd, path)
  try {
    const { size } = await stat(place)
    if (size > maxBytes) throw usageError(`${what}: ${path} has ${size} bytes, ${maxBytes} are allowed`)
    return await readFile(place)
  } catch (error) {
    throw unreadable(what, path, error)
  }
}

/** A file's text, without a byte order mark. @throws EvolveError `invalid-options`. */
export async function readText(what: string, path: string, cwd: string): Promise<string> {
  const bytes = await readBytes(what, path, cwd)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw usageError(`${what}: ${path} is not UTF-8 text`)
  }
}

/** Says in words why a file could not be read. */
export function unreadable(what: string, path: string, error: unknown): EvolveError | Error {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error as Error
  const why = new Map([
    ['ENOENT', 'there is no such file'],
    ['EACCES', 'it may not be read by this user'],
    ['EISDIR', 'it is a folder'],
  ]).get(String(error.code))
  return usageError(`${what}: cannot read ${path}: ${why ?? String(error.code)}`)
}
