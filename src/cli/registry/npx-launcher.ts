import { readFileSync } from 'node:fs'

/** Milliseconds between two looks at the launcher. */
const lookEveryMs = 250

/**
 * npx as the launcher of this process, if it is: npm 11 ends itself at a signal and passes none on, and a server that it started would stay behind, with its port and
 * the lock of its store. Only where the system says who started whom (Linux).
 * @returns tells when npx is gone; `undefined` where this process was started in another way.
 */
export function npxLauncher(): ((signal: AbortSignal) => Promise<void>) | undefined {
  const shell = process.ppid
  // npx starts a shell, and that the program.
  const npx = [shell, parentOf(shell)].find((pid) => pid !== undefined && isNpx(pid))
  if (npx === undefined) return undefined
  const isThere = (): boolean => process.ppid === shell && (npx === shell || parentOf(shell) === npx)
  return (signal) =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!isThere()) resolve()
      }, lookEveryMs)
      signal.addEventListener('abort', () => clearInterval(timer), { once: true })
    })
}

/** npm calls its process by the command that it was given: `npm exec kafka-evolve registry …`. */
function isNpx(pid: number): boolean {
  return /^npm exec .*kafka-evolve/.test(ofProcess(pid, 'cmdline')?.replaceAll('\0', ' ') ?? '')
}

function parentOf(pid: number): number | undefined {
  // The name of the program, in brackets, may hold anything.
  const [, parent] = /.*\) \S (\d+)/s.exec(ofProcess(pid, 'stat') ?? '') ?? []
  return parent === undefined ? undefined : Number(parent)
}

function ofProcess(pid: number, file: 'cmdline' | 'stat'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return undefined
  }
}
