import { resolve } from 'node:path'
import { readLockfile } from '../../registry/lockfile/lock-file.ts'
import { storeOf } from '../../registry/lockfile/lock-store.ts'
import { lockedRegistry } from '../../registry/lockfile/locked-registry.ts'
import type { BrowsableRegistry, Registry } from '../../registry/types.ts'
import type { Browsable, Connection } from './open.ts'

/** A lock file as a registry that also says what it holds. @throws EvolveError as `readLockfile`. */
export async function openLock(path: string, cwd: string): Promise<Connection<Browsable>> {
  const lockfile = await readLockfile(resolve(cwd, path))
  const store = storeOf(lockfile)
  const browse: Pick<BrowsableRegistry, 'subjects' | 'uses'> = {
    subjects: async (options) => store.subjects(options),
    uses: async (id, options) => store.uses(id, options),
  }
  return { registry: Object.assign<Registry, typeof browse>(lockedRegistry({ lockfile }), browse), name: path }
}
