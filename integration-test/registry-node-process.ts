import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { transpiled } from '../src/transpile.test-support.ts'

/** A line of a node. */
export interface Said {
  readonly id?: number
  readonly version?: number
  readonly subject?: string
  readonly text?: string
  readonly failed?: string
  readonly message?: string
  readonly retryable?: boolean
  readonly ready?: boolean
  readonly at?: string
  readonly done?: boolean
  /** Of a line of its log. */
  readonly msg?: string
  /** The ID of a schema that it registered, deleted and purged. */
  readonly purged?: number
}

/** A node that runs. */
export interface NodeProcess {
  readonly child: ChildProcess
  readonly said: readonly Said[]
  /** Waits until it has said such a thing. */
  until(test: (said: Said) => boolean): Promise<Said>
  /** Lets it go on: after it is ready, and where it stopped. */
  go(): void
  /** Lets it end with what it is doing, in place of all that it was to do. */
  stop(): void
  ended(): Promise<void>
}

/** Waits until a node has answered something more. */
export async function moreAnswers(node: NodeProcess): Promise<void> {
  const before = new Set(node.said)
  await node.until((said) => said.id !== undefined && !before.has(said))
}

/** Starts nodes; {@link NodePrograms.remove} kills what is left of them. */
export interface NodePrograms<Task extends object> {
  start(task: Task): NodeProcess
  remove(): Promise<void>
}

/**
 * Puts a program into a temporary folder, with the source that it needs and all that this imports. It says what it does, a JSON object in each line, and is told to
 * go on by a line; its task is the JSON in its first argument.
 */
export function nodeProgramsOf<Task extends object>(program: string, source: string): NodePrograms<Task> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-node-'))
  transpiled(source, folder)
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const file = join(folder, 'node.js')
  writeFileSync(file, program)
  const running: NodeProcess[] = []
  return {
    start: (task) => {
      const node = startNode(file, task)
      running.push(node)
      return node
    },
    remove: async () => {
      for (const { child, ended } of running) {
        child.kill('SIGKILL')
        await ended()
      }
      rmSync(folder, { recursive: true })
    },
  }
}

/** Starts a program that says a JSON object in each line, with its task as the JSON in its first argument. */
export function startNode(file: string, task: object): NodeProcess {
  const child = spawn(process.execPath, [file, JSON.stringify(task)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const said: Said[] = []
  const waiting: { readonly test: (said: Said) => boolean; readonly resolve: (said: Said) => void }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    const one = JSON.parse(line) as Said
    said.push(one)
    for (const { test, resolve } of waiting) if (test(one)) resolve(one)
  })
  child.stdin.on('error', () => undefined)
  return {
    child,
    said,
    until: (test) => {
      const found = said.find(test)
      if (found !== undefined) return Promise.resolve(found)
      return Promise.race([
        new Promise<Said>((resolve) => waiting.push({ test, resolve })),
        closed.then(() => {
          const late = said.find(test)
          if (late !== undefined) return late
          throw new Error(`the node ended before; it said ${JSON.stringify(said.slice(-3))}`)
        }),
      ])
    },
    go: () => void child.stdin.write('go\n'),
    stop: () => void child.stdin.write('stop\n'),
    ended: async () => void (await closed),
  }
}
