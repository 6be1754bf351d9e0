import { randomBytes } from 'node:crypto'
import { open, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'
import { livenessOf, ownIdentity, type ProcessIdentity } from './process-identity.ts'

// The lock is a set of claims. A writer first puts its own claim file beside the log, under a name that nobody else ever uses, and then
// looks at the others: if one of them may be alive, it takes its own back. Of two writers, the one that comes second sees the first. As a
// claim of a dead process can never come to life, anybody may delete it at any time, and no take-over can go wrong half way.
const attempts = 6

/** The right to write a log. */
export interface WriterClaim {
  release(): Promise<void>
}

/**
 * Claims the log for this process (also against itself). The claims of processes that were killed are cleared away.
 * @throws EvolveError `registry-locked` when another writer has it, or may have it.
 */
export async function claimWriter(logPath: string): Promise<WriterClaim> {
  const own = await ownIdentity()
  for (let attempt = 1; ; attempt += 1) {
    const path = await putClaim(logPath, own)
    const rival = await findRival(logPath, path, own)
    if (rival === undefined) return { release: () => removeFile(path) }
    await removeFile(path)
    if (attempt === attempts) throw locked(logPath, rival)
    // Two that come at the same moment both step back; chance lets one be first.
    await wait(5 + Math.random() * 40)
  }
}

interface Rival {
  readonly path: string
  readonly pid: number
  readonly liveness: 'alive' | 'unknown'
}

async function putClaim(logPath: string, own: ProcessIdentity): Promise<string> {
  const { pid, start, host, boot, space } = own
  const path = `${logPath}.writer-${pid}-${start}-${host}-${boot}-${space}-${randomBytes(6).toString('hex')}`
  const handle = await open(path, 'wx')
  await handle.close()
  return path
}

async function findRival(logPath: string, ownPath: string, own: ProcessIdentity): Promise<Rival | undefined> {
  const folder = dirname(logPath)
  const prefix = `${basename(logPath)}.writer-`
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (!name.startsWith(prefix) || path === ownPath) continue
    const claimant = parseClaim(name.slice(prefix.length))
    if (claimant === undefined) continue
    const liveness = await livenessOf(claimant, own)
    if (liveness !== 'dead') return { path, pid: claimant.pid, liveness }
    await removeFile(path)
  }
  return undefined
}

function parseClaim(text: string): ProcessIdentity | undefined {
  const match = /^(\d+)-(\d+)-([0-9a-f]+)-([0-9a-f]+)-(\d+)-[0-9a-f]{12}$/.exec(text)
  if (match === null) return undefined
  const [, pid = '', start = '', host = '', boot = '', space = ''] = match
  return { pid: Number(pid), start, host, boot, space }
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  })
}

function locked(logPath: string, { path, pid, liveness }: Rival): EvolveError {
  if (liveness === 'alive') {
    const hint = 'stop it, open this one with readOnly, or share it with serveRegistry'
    return new EvolveError('registry-locked', `process ${pid} writes the registry ${logPath}`, { hint })
  }
  const hint = `if it is gone for certain, delete ${path}`
  return new EvolveError('registry-locked', `process ${pid} in another container or on another machine may write the registry ${logPath}`, {
    hint,
  })
}
