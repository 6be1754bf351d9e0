import { createHash } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** A process among all that ever ran on machines that can reach a folder. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from boot to its start, which tells it from a later process with the same number; '0' where the system does not say. */
  readonly start: string
  /** Hash of the host name. */
  readonly host: string
  /** Hash of the ID that the kernel takes at boot; '0' where there is none. */
  readonly boot: string
  /** The namespace that `pid` counts in (containers have their own); '0' where there is none. */
  readonly space: string
}

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const [status, boot, space] = await Promise.all([
    processStatus(process.pid),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
      (id) => hash(id.trim()),
      () => '0',
    ),
    readlink('/proc/self/ns/pid').then(
      (name) => name.replace(/\D/g, '') || '0',
      () => '0',
    ),
  ])
  return { pid: process.pid, start: status?.start ?? '0', host: hash(hostname()), boot, space }
}

/** Whether another process still runs, as far as `own` can tell: not for one in another container or on another machine. */
export async function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'> {
  if (other.host === own.host && other.boot !== own.boot) return 'dead'
  if (other.host !== own.host || other.space !== own.space) return 'unknown'
  if (!isRunning(other.pid)) return 'dead'
  const status = await processStatus(other.pid)
  // Its number answers, but nothing can be read of it: not ours to declare dead.
  if (status === undefined) return 'alive'
  // A zombie is a process that was killed and is not yet waited for.
  return status.state === 'Z' || status.state === 'X' || (other.start !== '0' && status.start !== other.start) ? 'dead' : 'alive'
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** From `/proc/PID/stat` (proc(5)): fields 3 and 22, counted behind the command, which may hold anything. */
async function processStatus(pid: number): Promise<{ readonly state: string; readonly start: string } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const start = fields[18]
  return state === undefined || start === undefined ? undefined : { state, start }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
