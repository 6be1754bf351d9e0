import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { httpRegistry, type ManagedRegistry } from 'kafka-evolve/registry'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { endedRegistry, type RunningRegistry, startRegistry } from './registry-command-process.ts'
import { uniqueTopic } from './setup/kafka.ts'
import { freshSchema, type Postgres, startPostgres } from './setup/postgres.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const started: RunningRegistry[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.end('SIGKILL')))
})

const start: typeof startRegistry = async (...given) => {
  const one = await startRegistry(...given)
  started.push(one)
  return one
}

let count = 0
const fileStore = (): string => {
  count += 1
  return `file:${join(folder, `store-${count}`)}`
}
const schema = (name: string) => ({ format: 'AVRO', text: `{"type":"record","name":"${name}","fields":[]}` }) as const
const client = ({ url }: RunningRegistry): ManagedRegistry => httpRegistry({ url, retries: 0, timeoutMs: 60_000 })

/** [name, how many nodes may write it at once, a new store each time] */
const stores: readonly (readonly [name: string, nodes: number, store: () => Promise<string>])[] = [
  ['memory', 1, async () => 'memory'],
  ['file', 1, async () => fileStore()],
  ['PostgreSQL', 2, async () => withSchema(postgres.url, freshSchema())],
  ['Kafka', 2, async () => `kafka:${inject('kafkaBrokers').join(',')}?topic=${await uniqueTopic()}&replicationFactor=1`],
]

function withSchema(url: string, name: string): string {
  const changed = new URL(url)
  changed.searchParams.set('schema', name)
  return changed.href
}

describe.each(stores)('kafka-evolve registry on %s', (name, nodes, storeOf) => {
  it('gives a hundred clients that register one new schema at once one ID, and ends with 0 when it is stopped', async () => {
    const env = { KAFKA_EVOLVE_STORE: await storeOf() }
    const servers = await Promise.all(
      Array.from({ length: nodes }, () => start(['--json', '--compatibility', 'NONE', '--log-level', 'error'], { env })),
    )
    const said = servers.map((server) => JSON.parse(server.out()) as { url: string; store: string; pid: number })
    expect(said.map(({ pid }) => pid)).toEqual(servers.map(({ pid }) => pid))
    for (const { store } of said) expect(store).not.toContain('@')
    const clients = Array.from({ length: 100 }, (_, at) => httpRegistry({ url: said[at % nodes]?.url ?? '', timeoutMs: 120_000 }))
    for (const one of ['A', 'B']) {
      const ids = await Promise.all(clients.map(async (each) => (await each.register('orders-value', schema(one))).id))
      expect(new Set(ids).size).toBe(1)
    }
    for (const each of clients.slice(0, nodes)) expect(await each.versions('orders-value')).toEqual([1, 2])
    for (const server of servers) {
      expect(await server.end('SIGTERM')).toBe(0)
      expect(server.err()).toBe('')
      expect(server.out().split('\n')).toHaveLength(2)
    }
    if (name === 'memory') return
    const again = await start(['--log-level', 'error'], { env })
    expect(await client(again).versions('orders-value')).toEqual([1, 2])
  })
})

describe('kafka-evolve registry', () => {
  it('loses nothing that it has answered when it is killed at any moment', async () => {
    const store = fileStore()
    let known = 0
    for (let round = 0; round < 4; round += 1) {
      const server = await start(['--store', store, '--compatibility', 'NONE', '--log-level', 'silent'])
      const registry = client(server)
      const before = round === 0 ? [] : await registry.versions('s')
      // One that was being registered when it was killed may be there or not.
      expect([known, known + 1]).toContain(before.length)
      known = before.length
      const registering = async (): Promise<void> => {
        expect((await registry.register('s', schema(`R${known}`))).version).toBe(known + 1)
        known += 1
      }
      await registering()
      const killed = sleep(150 + round * 70).then(() => server.end('SIGKILL'))
      const goesOn = (): Promise<boolean> =>
        registering().then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'registry-unavailable' })
            return false
          },
        )
      while (await goesOn());
      await killed
    }
  })

  it('refuses to write where the disk is full, keeps all that it has answered, and goes on reading', async () => {
    const store = fileStore()
    const server = await start(['--store', store, '--compatibility', 'NONE'], { fileBlocks: 16 })
    const registry = client(server)
    let known = 0
    let refused: unknown
    while (refused === undefined && known < 1_000) {
      await registry.register('s', schema(`R${known}`)).then(
        () => {
          known += 1
        },
        (error: unknown) => {
          refused = error
        },
      )
    }
    expect(known).toBeGreaterThan(50)
    expect(refused).toMatchObject({ details: { status: 500, registryCode: 50001 } })
    expect(server.err()).toContain('EFBIG')
    expect(await registry.versions('s')).toHaveLength(known)
    expect((await registry.latest('s')).text).toContain(`R${known - 1}`)
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
    await expect(registry.register('s', schema('Another'))).rejects.toMatchObject({ details: { status: 500 } })
    expect(await server.end('SIGTERM')).toBe(0)
    const again = await start(['--store', store, '--compatibility', 'NONE', '--log-level', 'silent'])
    expect(await client(again).versions('s')).toHaveLength(known)
    expect((await client(again).register('s', schema('Another'))).version).toBe(known + 1)
  })

  it('ends at once at a second signal, though a client keeps it waiting', async () => {
    const server = await start(['--grace', '60', '--log-level', 'silent'])
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write('POST /subjects/s/versions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{')
    })
    socket.on('error', () => undefined)
    await expect.poll(async () => (await fetch(`${server.url}/metrics`)).text()).toMatch(/in_flight 2/)
    process.kill(server.pid, 'SIGTERM')
    await expect
      .poll(() =>
        fetch(`${server.url}/subjects`).then(
          () => 'answers',
          () => 'is gone',
        ),
      )
      .toBe('is gone')
    expect(await server.end('SIGTERM')).toBe('SIGTERM')
    socket.destroy()
  })

  it.runIf(process.platform === 'linux')('stops when npx is gone, which passes no signals on', async () => {
    const launcher = await startRegistry(['--store', fileStore(), '--log-level', 'info'], { launchedBy: 'npm exec kafka-evolve registry' })
    started.push(launcher)
    expect((await fetch(`${launcher.url}/subjects`)).status).toBe(200)
    expect(await launcher.end('SIGKILL')).toBe('SIGKILL')
    await expect
      .poll(
        () =>
          fetch(`${launcher.url}/subjects`).then(
            () => 'answers',
            () => 'is gone',
          ),
        { timeout: 20_000 },
      )
      .toBe('is gone')
  })

  it('says in plain words why it does not start', async () => {
    const store = fileStore()
    const server = await start(['--store', store, '--log-level', 'silent'])
    const port = new URL(server.url).port
    const cases: readonly (readonly [args: string[], code: number, text: RegExp])[] = [
      [['--port', port], 1, /cannot listen on .* another process has this port/s],
      [['--port', '0', '--store', store], 1, new RegExp(`process ${server.pid} writes the registry`)],
      [['--port', '0', '--store', 'postgres://ann:hush@127.0.0.1:1/app'], 1, /PostgreSQL.*ECONNREFUSED/],
      [['--port', '0', '--store', 'kafka:127.0.0.1:1'], 1, /ECONNREFUSED|[Cc]onnection/],
      [['--port', '0', '--store', 'file:/proc/nowhere'], 1, /cannot use \/proc\/nowhere/],
      [['--port', '0', '--store', 'nonsense'], 2, /--store is none of those/],
    ]
    for (const [args, code, text] of cases) {
      const ended = await endedRegistry(args)
      expect({ args, code: ended.code, out: ended.out }).toEqual({ args, code, out: '' })
      expect(ended.err).toMatch(text)
      expect(ended.err).not.toMatch(/hush|\n\s+at /)
    }
  })
})
