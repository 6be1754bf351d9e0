import { copyFile, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { type FaultStore, faultsOf } from '../fault-cases.test-support.ts'
import type { ManagedRegistry } from '../types.ts'
import { fileRegistry } from './file-registry.ts'
import type { FileSystem } from './file-system.ts'

let folder: string
const left: ManagedRegistry[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(quickDisk(), 'file-faults-'))
})

afterEach(async () => {
  for (const registry of left.splice(0)) await registry.close()
  await rm(folder, { recursive: true })
})

/** A store on a disk that can be full. A crash leaves the file as it is at that moment, which is copied: in this process the old one is still open. */
function fileStore(folder: string, compactAboveBytes: number): FaultStore {
  let [lives, isFull] = [0, false]
  const path = (): string => join(folder, `${lives}.log`)
  const fileSystem: FileSystem = {
    open: async (name, flags) => {
      const handle = await open(name, flags)
      const write = async (...args: [Uint8Array, number, number, number]): Promise<{ bytesWritten: number }> => {
        if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        return handle.write(...args)
      }
      return {
        read: (...args) => handle.read(...args),
        write,
        truncate: (length) => handle.truncate(length),
        // Power cuts are not among the faults here.
        datasync: async () => undefined,
        stat: () => handle.stat(),
        close: () => handle.close(),
      }
    },
  }
  return {
    open: () => fileRegistry({ path: path(), fileSystem, compactAboveBytes }),
    beside: () => fileRegistry({ path: path(), readOnly: true }),
    crash: async (registry) => {
      left.push(registry)
      const before = path()
      lives += 1
      await copyFile(before, path())
    },
    breakWrites: async () => {
      isFull = true
      return async () => {
        isFull = false
      }
    },
  }
}

describe.each([
  ['', 1024 * 1024],
  [' that is written anew all the time', 60],
])('a registry in a file%s', (_name, compactAboveBytes) => {
  const offers = ['kept', 'beside', 'crash', 'breakWrites'] as const
  for (const { name, run } of faultsOf(offers)) it(name, () => run(fileStore(folder, compactAboveBytes)))
})
