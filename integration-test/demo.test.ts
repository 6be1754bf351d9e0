import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startKafka } from 'kafka-evolve/broker'
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { DemoResult } from '../examples/demo/result.ts'
import { testKafka } from './setup/kafka.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Run {
  readonly child: ChildProcess
  readonly output: () => { readonly stdout: string; readonly stderr: string }
  /** Exit code when it has ended. */
  readonly ended: Promise<number | null>
}

const running = new Set<Run>()

/** The demo on brokers that are up already, as a process of its own. */
function runDemo(
  args: readonly string[],
  { brokers = inject('kafkaBrokers'), environment = {} }: { brokers?: readonly string[]; environment?: Record<string, string> } = {},
): Run {
  const env: NodeJS.ProcessEnv = { ...process.env, KAFKA_BROKERS: brokers.join(','), KAFKA_EVOLVE_BROKER: 'given', ...environment }
  for (const name of ['NO_COLOR', 'FORCE_COLOR'].filter((name) => !(name in environment))) delete env[name]
  const child = spawn(process.execPath, ['build/examples/demo/main.js', ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const run: Run = {
    child,
    output: () => ({ stdout, stderr }),
    ended: new Promise((resolve) => child.on('close', (code) => resolve(code))),
  }
  running.add(run)
  return run
}

/** Waits until the run has said something, and gives what was said. */
async function said(run: Run, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const { stdout, stderr } = run.output()
    const match = pattern.exec(stdout + stderr)
    if (match !== null) return match
    if (run.child.exitCode !== null) throw new Error(`the demo ended before it said ${pattern}:\n${stdout}\n${stderr}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Process IDs of the services that a run has named, that are still there. */
function survivors(run: Run): number[] {
  const { stdout, stderr } = run.output()
  const pids = [...`${stdout}${stderr}`.matchAll(/is process (\d+)/g)].map((match) => Number(match[1]))
  expect(pids.length).toBeGreaterThan(0)
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  })
}

/** Topics and groups of demos on the shared broker, which hears of a removal a moment after it was answered. */
async function traces(): Promise<string[]> {
  const admin = testKafka().admin()
  await admin.connect()
  try {
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId)
    return [...(await admin.listTopics()), ...groups].filter((name) => name.startsWith('kafka-evolve-demo-'))
  } finally {
    await admin.disconnect()
  }
}

// what `npm run demo` does first; `npm test` has done it already, and then this takes no time
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/prepare.mjs'], { cwd: root, stdio: 'pipe' })
})

afterEach(async () => {
  for (const run of running) {
    run.child.kill('SIGTERM')
    await run.ended
  }
  running.clear()
})

describe('the demo', () => {
  it('tells by --json what became of every field, and loses nothing', async () => {
    const run = runDemo(['--json', '--messages', '900'])
    expect(await run.ended, run.output().stderr).toBe(0)
    const result: DemoResult = JSON.parse(run.output().stdout)

    expect(result).toMatchObject({ ok: true, broker: { way: 'given' }, checkout: { orders: 12 }, billing: { orders: 12 } })
    expect(result.audit).toMatchObject({ orders: 12, missing: 0, invented: 0, lost: 0, schemaIds: [result.schemaIds.v2] })
    const news = result.audit.fields.filter((field) => field.news !== '')
    expect(news.map(({ field }) => field)).toEqual(['channel', 'delivery', 'customer.email', 'items[].warehouse', 'loyaltyPoints'])
    for (const field of news)
      expect(field).toMatchObject({ kept: expect.toSatisfy((kept: number) => kept >= 12), changedByBilling: 0, lost: 0 })
    const changed = result.audit.fields.filter((field) => field.changedByBilling > 0).map(({ field }) => field)
    expect(changed).toEqual(['status', 'items[]', 'items[].quantity', 'totalCents'])

    const { ownId, latestId, refused } = result.comparison
    expect(refused).toEqual([])
    expect([ownId.schemaIds, latestId.schemaIds]).toEqual([[result.schemaIds.v1], [result.schemaIds.v2]])
    for (const other of [ownId, latestId]) {
      expect(other).toMatchObject({ orders: 12, missing: 0, invented: 0 })
      const lost = other.fields.filter((field) => field.lost > 0).map(({ field }) => field)
      expect(lost).toEqual(['channel', 'delivery', 'items[].warehouse', 'loyaltyPoints'])
    }

    expect(result.rolling).toMatchObject({ written: 900, audited: 900, lost: 0, missing: 0, altered: 0, invented: 0, examples: [] })
    expect(result.rolling.steps.map(({ moved }) => moved)).toEqual([
      null,
      'writer-1',
      'republisher-1',
      'writer-2',
      'writer-3',
      'republisher-2',
    ])
    expect(result.rolling.steps.map(({ written }) => written)).toEqual([150, 300, 450, 600, 750, 900])
    expect(survivors(run)).toEqual([])
    await expect.poll(traces).toEqual([])
  })

  it('tells a story to a pipe: five acts, 80 columns, no colour', async () => {
    const run = runDemo(['--messages', '60'])
    expect(await run.ended, run.output().stderr).toBe(0)
    const { stdout, stderr } = run.output()
    expect(stdout.match(/^Act \d/gm)).toEqual(['Act 1', 'Act 2', 'Act 3', 'Act 4', 'Act 5'])
    expect(stdout).not.toContain('\u001b')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(/Nothing is lost: \d+ values kept, \d+ changed by billing, 0 lost\./)
    expect(stdout).toMatch(/Lost without a word: \d+ of \d+ values/)
    expect(stdout.replace(/\s+/g, ' ')).toContain('60 written, 60 audited, 0 lost, 0 invented.')
    expect(stderr).toBe('')
  })

  it('fails with a message when a service is killed under it', async () => {
    // Far more than can be done before it is killed.
    const run = runDemo(['--json', '--messages', '100000'])
    await said(run, /writer-1 is on v2/)
    const [, pid] = await said(run, /republisher-2 v1 is process (\d+)/)
    process.kill(Number(pid), 'SIGKILL')
    expect(await run.ended).toBe(1)
    const { stdout, stderr } = run.output()
    expect(JSON.parse(stdout)).toEqual({ ok: false, error: { message: `republisher-2 v1 (process ${pid}) ended by SIGKILL, unasked` } })
    expect(stderr).toContain('The demo stopped: republisher-2 v1')
    expect(survivors(run)).toEqual([])
    await expect.poll(traces).toEqual([])
  })

  it.each([
    ['SIGINT', /Act 2/, 130],
    ['SIGTERM', /republisher-1 v1 is process/, 143],
  ] as const)('on %s stops everything', async (signal, moment, code) => {
    const run = runDemo([])
    await said(run, moment)
    run.child.kill(signal)
    expect(await run.ended).toBe(code)
    expect(run.output().stderr).toContain(`interrupted by ${signal}; everything is stopped`)
    expect(survivors(run)).toEqual([])
    await expect.poll(traces).toEqual([])
  })

  it('says so when its broker dies, and ends', async () => {
    // whichever way the shared broker runs, this one is to be killed
    const way = inject('kafkaWay') === 'container' ? 'container' : 'process'
    const kafka = await startKafka({ way })
    try {
      const run = runDemo(['--messages', '100000'], { brokers: kafka.brokers })
      await said(run, /writer-1 is on v2/)
      await kafka.nodes[0]?.kill()
      expect(await run.ended).toBe(1)
      expect(run.output().stderr).toMatch(/The demo stopped: .*\nThe broker at \S+ does not answer any more/)
      expect(survivors(run)).toEqual([])
    } finally {
      await kafka.stop()
    }
  })

  it('explains itself, and what is wrong with a command line', async () => {
    const help = runDemo(['--help'])
    expect(await help.ended).toBe(0)
    expect(help.output()).toEqual({ stdout: expect.stringContaining('--messages N'), stderr: '' })
    const wrong = runDemo(['--messages', 'many'])
    expect(await wrong.ended).toBe(2)
    expect(wrong.output()).toEqual({
      stdout: '',
      stderr: expect.stringContaining("--messages takes a whole number from 60 to 1000000, not 'many'"),
    })
  })

  it('does not mind a reader that goes away', async () => {
    const run = runDemo(['--help'])
    run.child.stdout?.destroy()
    expect(await run.ended).toBe(0)
    expect(run.output().stderr).toBe('')
  })

  it('says in a line what is wrong with the brokers that it is given', async () => {
    const run = runDemo(['--json'], { environment: { KAFKA_BROKERS: 'nowhere' } })
    expect(await run.ended).toBe(1)
    expect(JSON.parse(run.output().stdout)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('KAFKA_BROKERS names "nowhere"') },
    })
    expect(survivors(run)).toEqual([])
  })
})
