import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGuard } from '../../src/broker/guard.ts'
import { freePorts } from '../../src/broker/ports.ts'
import type { PostgresServer } from './postgres-server.ts'

const startWithinMs = 60_000

/** Where Debian and others keep the programs of the server, which are not on the path there. */
const usualFolders = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt']

/** The folder with `initdb` and `postgres`, of the newest version there is; `undefined` where there is none. */
export function findPostgres(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter)
  const versions = usualFolders.filter((folder) => existsSync(folder)).flatMap(versionsIn)
  return [...versions, ...onPath].find((folder) => ['initdb', 'postgres'].every((name) => isProgram(join(folder, name))))
}

function versionsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /^(postgresql@)?\d+$/.test(name))
  const number = (name: string): number => Number(name.replace(/\D/g, ''))
  return names.sort((a, b) => number(b) - number(a)).map((name) => join(folder, name, 'bin'))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Makes a cluster in a temporary folder and starts it on a free port of 127.0.0.1. */
export async function postgresProcess(programs: string): Promise<PostgresServer> {
  const user = otherUser()
  const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-postgres-'))
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const guard = startGuard({ folder })
  const password = randomBytes(12).toString('hex')
  const [port = 0] = await freePorts(1)
  const data = join(folder, 'data')
  initialise(programs, data, password, folder, user)
  // Nothing here outlives the machine. What is killed is the server, and what it wrote is then still with the system.
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off', shared_buffers: '32MB' }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log: string[] = []
  let running: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const child = spawn(join(programs, 'postgres'), ['-D', data, ...options], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder, ...user })
    running = child
    if (child.pid !== undefined) guard.watch(child.pid)
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void log.push(text))
    const ready = (): boolean => /ready to accept connections/.test(log.join('').slice(-4_000))
    log.length = 0
    for (const until = Date.now() + startWithinMs; !ready(); await sleep(20)) {
      if (isGone(child) || Date.now() > until)
        throw new Error(`PostgreSQL did not start. Its log ends with:\n${log.join('').slice(-4_000)}`)
    }
  }
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const child = running
    if (child === undefined || isGone(child)) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill(signal)
    await ended
    if (child.pid !== undefined) guard.forget(child.pid)
  }
  const stop = async (): Promise<void> => {
    await end('SIGINT')
    rmSync(folder, { recursive: true, force: true })
    guard.release()
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  // SIGQUIT: an immediate shutdown. Everybody is dropped where they are, and the next start recovers from the log, as after a crash.
  return { url: `postgres://tester:${password}@127.0.0.1:${port}/postgres`, kill: () => end('SIGQUIT'), start, stop }
}

type User = { readonly uid: number; readonly gid: number } | { readonly uid?: undefined; readonly gid?: undefined }

/** The server refuses to run as root: it runs as the user that the package makes, else as nobody. */
function otherUser(): User {
  if (process.getuid?.() !== 0) return {}
  const ids = (name: string): User | undefined => {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
      )
      return uid === undefined || gid === undefined ? undefined : { uid, gid }
    } catch {
      return undefined
    }
  }
  return ids('postgres') ?? ids('nobody') ?? { uid: 65_534, gid: 65_534 }
}

function initialise(programs: string, data: string, password: string, folder: string, user: User): void {
  const file = join(folder, 'password')
  writeFileSync(file, password, { mode: 0o600 })
  if (user.uid !== undefined) chownSync(file, user.uid, user.gid)
  const args = ['-D', data, '-U', 'tester', `--pwfile=${file}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  try {
    execFileSync(join(programs, 'initdb'), args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', ...user })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new Error(`PostgreSQL could not be set up (initdb): ${said}`, { cause: error })
  }
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}
