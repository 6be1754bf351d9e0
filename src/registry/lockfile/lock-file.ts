import { randomUUID } from 'node:crypto'
import { readFileSync, type Stats, statSync } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EvolveError, isEvolveError } from '../../errors.ts'
import { disk } from '../file/file-system.ts'
import { lockfileText } from './lock-text.ts'
import type { Lockfile } from './lockfile.ts'
import { parseLockfile } from './parse-lock.ts'

/** Longest lock file that is read. */
const maxBytes = 256 * 1024 * 1024

/**
 * The contents of a lock file, all of them checked.
 * @throws EvolveError `registry-corrupt` for a file that is damaged, edited by hand or contradicts itself; `invalid-options` where there is none;
 * `limit-exceeded` above 256 MiB; `registry-unavailable` where it cannot be read.
 */
export async function readLockfile(path: string): Promise<Lockfile> {
  checkPath(path)
  let bytes: Buffer
  try {
    checkFile(path, await stat(path))
    bytes = await readFile(path)
  } catch (error) {
    throw unreadable(path, error)
  }
  return parseBytes(path, bytes)
}

/** {@link readLockfile} without waiting: a service that starts on a lock file hears at once that it cannot. */
export function readLockfileSync(path: string): Lockfile {
  checkPath(path)
  let bytes: Buffer
  try {
    checkFile(path, statSync(path))
    bytes = readFileSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
  return parseBytes(path, bytes)
}

/**
 * Writes a lock file as a whole or not at all: beside its place, synced, then renamed. The same contents always give the same bytes.
 * @throws EvolveError `registry-corrupt` for contents that contradict themselves, `registry-unavailable` where the disk refuses.
 */
export async function writeLockfile(path: string, contents: Lockfile): Promise<void> {
  checkPath(path)
  const text = lockfileText(contents)
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    await writeSynced(draft, text)
    await rename(draft, path)
    await disk.syncFolder(dirname(path))
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw new EvolveError('registry-unavailable', `the lock file ${path} cannot be written${codeOf(error)}`, {}, error)
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parseBytes(path: string, bytes: Buffer): Lockfile {
  try {
    return parseLockfile(utf8(bytes))
  } catch (error) {
    if (!isEvolveError(error)) throw error
    throw new EvolveError(error.code, `the lock file ${path} cannot be used: ${error.problem}`, error.details, error.cause)
  }
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new EvolveError('registry-corrupt', 'it is not UTF-8', {}, error)
  }
}

function checkPath(path: string): void {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new EvolveError('invalid-options', 'the path of a lock file is not a path')
  }
}

function checkFile(path: string, file: Stats): void {
  if (!file.isFile()) throw new EvolveError('invalid-options', `the lock file ${path} is not a file`)
  if (file.size > maxBytes) throw new EvolveError('limit-exceeded', `the lock file ${path} is longer than ${maxBytes} bytes`)
}

function unreadable(path: string, error: unknown): EvolveError {
  if (isEvolveError(error)) return error
  if (codeOf(error) !== ' (ENOENT)') {
    return new EvolveError('registry-unavailable', `the lock file ${path} cannot be read${codeOf(error)}`, {}, error)
  }
  return new EvolveError('invalid-options', `there is no lock file ${path}`, { hint: 'write one with `kafka-evolve pull`' }, error)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
}
