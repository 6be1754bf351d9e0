import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'

const inMemory = '/dev/shm'

/**
 * Where tests put files whose writers wait for the disk with each change: in memory, where the system has a place for that (Linux), so that a disk that is busy
 * does not hold up hundreds of changes. What tests kill is a process, never the machine: what was written is still with the system then, here as there.
 */
export function quickDisk(): string {
  try {
    accessSync(inMemory, constants.W_OK | constants.X_OK)
    return inMemory
  } catch {
    return tmpdir()
  }
}
