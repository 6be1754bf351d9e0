import { constants } from 'node:fs'
import { mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { EvolveError, isEvolveError } from '../../errors.ts'
import { disk, type FileSystem, type LogHandle } from './file-system.ts'

/** One path for one file, however it is spelled: claims go by the path. Makes the folder where it is missing. */
export async function preparePath(path: string): Promise<string> {
  const whole = resolve(path)
  const firstMade = await makeFolders(dirname(whole))
  if (firstMade !== undefined) await syncFolders(dirname(whole), dirname(firstMade))
  return realPath(whole)
}

/**
 * Makes a folder and what is missing above it; gives the topmost that was made. Not by `mkdir` with `recursive`: where a file system says
 * "no such file" of a folder that is there (`/proc`, some network mounts), Node tries again for ever.
 */
async function makeFolders(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return undefined
  const first = dirname(folder) === folder ? undefined : await makeFolders(dirname(folder))
  await mkdir(folder).catch(async (error: unknown) => {
    // Somebody else was quicker.
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw error
  })
  return first ?? folder
}

/** Runs the action; where the log is damaged, the error names the file. */
export function inLog<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!isEvolveError(error) || error.code !== 'registry-corrupt') throw error
    throw new EvolveError(error.code, `${path}: ${error.problem}`, error.details, error.cause)
  }
}

/** The path without symbolic links, also of a file that is not there yet. */
export async function realPath(path: string): Promise<string> {
  const whole = resolve(path)
  return realpath(whole).catch(async () => join(await realpath(dirname(whole)), basename(whole)))
}

/** Opens the log for writing, makes it where it is missing, and makes sure that its name survives a power cut. */
export async function openForWriting(fileSystem: Required<FileSystem>, path: string): Promise<LogHandle> {
  const handle = await fileSystem.open(path, constants.O_RDWR | constants.O_CREAT)
  try {
    await fileSystem.syncFolder(dirname(path))
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Opens the log for reading. */
export async function openForReading(fileSystem: FileSystem, path: string): Promise<LogHandle> {
  return fileSystem.open(path, constants.O_RDONLY)
}

/** Runs the action; what the system refuses becomes `registry-unavailable`. */
export async function onDisk<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (isEvolveError(error)) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    const hint = code === undefined ? undefined : cures.get(code)
    const details = hint === undefined ? {} : { hint }
    throw new EvolveError('registry-unavailable', `cannot ${doing}${code === undefined ? '' : ` (${code})`}`, details, error)
  }
}

const cures: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'something on the path that should be a folder is a file'],
  ['ENOTDIR', 'something on the path that should be a folder is a file'],
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'this user may not: look at the owner of the folder'],
  ['EROFS', 'this file system is read-only'],
])

async function syncFolders(from: string, to: string): Promise<void> {
  await disk.syncFolder(from)
  if (from !== to && dirname(from) !== from) await syncFolders(dirname(from), to)
}
