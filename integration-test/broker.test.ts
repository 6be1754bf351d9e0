import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type KafkaCluster, startKafka } from 'kafka-evolve/broker'
import { Kafka, type LogEntry, logLevel } from 'kafkajs'
import { getContainerRuntimeClient } from 'testcontainers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { type CompiledBroker, compileBroker } from './setup/compiled-broker.ts'
import { QUICK, uniqueGroup, uniqueTopic } from './setup/kafka.ts'

/** What is tested is the way the shared Kafka came; brokers that were given say nothing about the launcher. */
const way = inject('kafkaWay') === 'container' ? 'container' : 'process'

/** Whether somebody listens there. */
const answers = (broker: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [host = '', port = ''] = broker.split(':')
    const socket = connect({ host, port: Number(port) }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

/** Whether there is such a process. */
const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const clientOf = (brokers: string[], more: { requestTimeout?: number; retries?: number; entries?: LogEntry[] } = {}): Kafka =>
  new Kafka({
    clientId: 'broker-test',
    brokers,
    requestTimeout: more.requestTimeout ?? 30_000,
    retry: { retries: more.retries ?? 5, initialRetryTime: 100, maxRetryTime: 1000 },
    logLevel: logLevel.ERROR,
    logCreator: () => (entry) => void more.entries?.push(entry),
  })

/** Containers and networks of any cluster of the launcher. */
const enginesThings = async (): Promise<string[]> => {
  if (way === 'process') return []
  const { dockerode } = (await getContainerRuntimeClient()).container
  const filters = { label: ['kafka-evolve.cluster'] }
  const containers = await dockerode.listContainers({ all: true, filters })
  return [...containers, ...(await dockerode.listNetworks({ filters }))].map(({ Id }) => Id)
}

/** What a cluster whose temporary files are under `temporary` has left behind. */
const leftBehind = async (temporary: string): Promise<string[]> => {
  const files = readdirSync(temporary).filter((name) => name.startsWith('kafka-evolve'))
  return [...files, ...(await enginesThings()).filter((id) => !before.includes(id))]
}

let before: string[]
let folder: string
let cluster: KafkaCluster | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-test-'))
  before = await enginesThings()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await cluster?.stop()
  cluster = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** A Java that does this instead of what the launcher starts with it, and is the real one for everybody else (Maven runs on it too). */
const fakeJava = (script: string): void => {
  const home = process.env['JAVA_HOME'] ?? ''
  const real = home === '' ? 'java' : join(home, 'bin', 'java')
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', 'java'), `#!/bin/sh\ncase "$1" in @*) ;; *) exec "${real}" "$@" ;; esac\n${script}\n`, { mode: 0o755 })
  vi.stubEnv('JAVA_HOME', folder)
}

describe('brokers that are given', () => {
  it('are used and left alone', async () => {
    const said: string[] = []
    vi.stubEnv('KAFKA_EVOLVE_BROKER', undefined)
    vi.stubEnv('KAFKA_BROKERS', ` ${inject('kafkaBrokers').join(' , ')}`)
    cluster = await startKafka({ say: (line) => said.push(line) })
    expect(cluster).toMatchObject({ way: 'given', why: 'KAFKA_BROKERS is set', brokers: inject('kafkaBrokers'), nodes: [] })
    expect(said).toEqual([`Kafka: the given brokers ${inject('kafkaBrokers').join(', ')}, because KAFKA_BROKERS is set`])
    expect(cluster.logs()).toBe('')
    await cluster.stop()
    expect(await answers(inject('kafkaBrokers')[0] ?? '')).toBe(true)
  })

  it('are waited for while they start: a first question to a group finds it served', async () => {
    cluster = await startKafka({ way: 'process' })
    const [node] = cluster.nodes
    await node?.kill()
    const restarting = node?.restart()
    vi.stubEnv('KAFKA_EVOLVE_BROKER', undefined)
    vi.stubEnv('KAFKA_BROKERS', cluster.brokers.join())
    const given = await startKafka()
    const admin = clientOf(given.brokers, { retries: 1 }).admin()
    await admin.connect()
    await expect(admin.describeGroups(['group-a', 'group-b', 'group-c'])).resolves.toMatchObject({ groups: [{}, {}, {}] })
    await admin.disconnect()
    await restarting
  })

  it.each([
    ['names of nothing', { KAFKA_BROKERS: 'localhost' }, {}, 'invalid-options', /"localhost", which is not host:port/],
    ['none, although asked for', { KAFKA_BROKERS: '' }, { way: 'given' }, 'invalid-options', /KAFKA_BROKERS names no broker/],
    [
      'brokers that are not there',
      { KAFKA_BROKERS: '127.0.0.1:1' },
      { timeoutMs: 500 },
      'broker-unavailable',
      /127\.0\.0\.1:1.*check that KAFKA_BROKERS/,
    ],
    [
      'fewer brokers than asked for',
      { KAFKA_BROKERS: inject('kafkaBrokers').join() },
      { brokers: 3, timeoutMs: 5_000 },
      'broker-unavailable',
      /1 of 3/,
    ],
    ['a way that is none', { KAFKA_EVOLVE_BROKER: 'cloud' }, {}, 'invalid-options', /KAFKA_EVOLVE_BROKER is "cloud"/],
    ['a version that is none', {}, { kafkaVersion: 'latest' }, 'invalid-options', /"latest" is not a version/],
    [
      'an engine that is forced and away',
      { KAFKA_EVOLVE_BROKER: 'container', DOCKER_HOST: 'unix:///none' },
      {},
      'missing-prerequisite',
      /docker\.io/,
    ],
  ] as const)('%s', async (_name, variables, options, code, message) => {
    vi.stubEnv('KAFKA_EVOLVE_BROKER', undefined)
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    const error = await startKafka(options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'EvolveError', code })
    expect(String(error)).toMatch(message)
  })
})

describe(`one broker (${way})`, () => {
  it('serves a first client without a word, survives what happens to brokers, and leaves nothing behind', async () => {
    vi.stubEnv('TMPDIR', folder)
    cluster = await startKafka({ way })
    const { brokers, nodes } = cluster
    const [node] = nodes
    expect(cluster.way).toBe(way)
    expect(nodes.map(({ id, broker }) => [id, broker])).toEqual([[1, brokers[0]]])
    expect(cluster.logs()).toContain('Kafka Server started')

    // Whoever makes a topic and asks for it at once may hear that it is not served yet; the clients of which is spoken come after that.
    const admin = clientOf(brokers).admin()
    await admin.connect()
    const topic = await uniqueTopic(admin)
    const entries: LogEntry[] = []
    const kafka = clientOf(brokers, { entries })
    const producer = kafka.producer({ transactionalId: uniqueGroup(), idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ value: 'kept' }] })
    await transaction.commit()
    const consumer = kafka.consumer({ groupId: uniqueGroup(), ...QUICK })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const got = await new Promise((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(String(message.value)) })
    })
    expect(got).toBe('kept')
    await Promise.all([consumer.disconnect(), producer.disconnect(), admin.disconnect()])
    expect(entries).toEqual([])

    const high = async (requestTimeout = 60_000): Promise<string | undefined> => {
      const asking = clientOf(brokers, { requestTimeout, retries: 0 }).admin()
      try {
        await asking.connect()
        return (await asking.fetchTopicOffsets(topic))[0]?.high
      } finally {
        await asking.disconnect()
      }
    }
    const offset = await high()
    await node?.pause()
    await expect(high(1000)).rejects.toThrow()
    await node?.resume()
    expect(await high()).toBe(offset)
    await node?.kill()
    await node?.kill()
    expect(await answers(brokers[0] ?? '')).toBe(false)
    await node?.restart()
    expect(await high()).toBe(offset)

    const both = [cluster.stop(), cluster.stop()]
    await Promise.all(both)
    await cluster.stop()
    expect(await answers(brokers[0] ?? '')).toBe(false)
    expect(await leftBehind(folder)).toEqual([])
  })
})

describe(`a start that is aborted (${way})`, () => {
  it('ends soon and leaves nothing behind', async () => {
    vi.stubEnv('TMPDIR', folder)
    const controller = new AbortController()
    const starting = startKafka({ way, signal: controller.signal }).catch((thrown: unknown) => thrown)
    // Some of it is there, and it is not done yet.
    await expect.poll(() => leftBehind(folder), { interval: 5 }).not.toEqual([])
    controller.abort()
    const error = await starting
    expect(error).toMatchObject({ code: 'broker-unavailable', problem: 'the start of Kafka was aborted' })
    expect(await leftBehind(folder)).toEqual([])
  })
})

describe(`three brokers (${way})`, () => {
  it('commit a transaction with three copies, and again after the loss of one', async () => {
    cluster = await startKafka({ way, brokers: 3 })
    const { brokers, nodes } = cluster
    expect(new Set(brokers).size).toBe(3)
    const kafka = clientOf(brokers, { retries: 40 })
    const admin = kafka.admin()
    await admin.connect()
    const topic = await uniqueTopic(admin)
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic, '__transaction_state', '__consumer_offsets'] })
    const partitions = topics.flatMap((described) => described.partitions)
    expect(partitions.every(({ replicas, isr }) => replicas.length === 3 && isr.length === 3)).toBe(true)

    const producer = kafka.producer({ transactionalId: uniqueGroup(), idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const send = async (value: string): Promise<void> => {
      const transaction = await producer.transaction()
      await transaction.send({ topic, acks: -1, messages: [{ value }] })
      await transaction.commit()
    }
    await send('before')
    const leader = topics.find(({ name }) => name === topic)?.partitions[0]?.leader
    await nodes.find(({ id }) => id === leader)?.kill()
    await send('after')
    await nodes.find(({ id }) => id === leader)?.restart()
    await Promise.all([producer.disconnect(), admin.disconnect()])

    const consumer = kafka.consumer({ groupId: uniqueGroup(), ...QUICK })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      void consumer.run({
        eachMessage: async ({ message }) => {
          seen.push(String(message.value))
          if (seen.length === 2) resolve()
        },
      })
    })
    await consumer.disconnect()
    expect(seen).toEqual(['before', 'after'])
  })
})

describe(`the process that started them ends (${way})`, () => {
  let compiled: CompiledBroker
  beforeAll(() => {
    compiled = compileBroker()
  })
  afterAll(() => compiled.remove())

  /** Runs `after` in a process that has started a broker; says where the broker was when it is ready. */
  const parent = async (after: string): Promise<{ child: ChildProcess; broker: string }> => {
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    const program = `
      import { startKafka } from ${JSON.stringify(pathToFileURL(compiled.entry).href)}
      const { brokers } = await startKafka({ way: ${JSON.stringify(way)} })
      console.log('ready ' + brokers[0])
      ${after}`
    const env = { ...process.env, TMPDIR: temporary, NODE_OPTIONS: '' }
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: dirname(compiled.entry),
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    for await (const part of child.stdout) {
      output += String(part)
      const ready = /ready (\S+)\n/.exec(output)?.[1]
      if (ready !== undefined) return { child, broker: ready }
    }
    throw new Error(`the process ended before its broker was ready: ${output}`)
  }

  it.each([
    ['by SIGKILL', 'SIGKILL', 'setInterval(() => undefined, 1000)'],
    ['by SIGINT', 'SIGINT', 'setInterval(() => undefined, 1000)'],
    ['by itself, with the broker forgotten', undefined, ''],
  ] as const)('%s: the broker and its data go too', async (_name, signal, after) => {
    const { child, broker } = await parent(after)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (signal !== undefined) child.kill(signal)
    await ended
    await expect.poll(() => answers(broker)).toBe(false)
    await expect.poll(() => leftBehind(join(folder, 'temporary'))).toEqual([])
  })

  it('by SIGKILL, while a child JVM formats its storage: that one ends, and its data go too', async () => {
    fakeJava(`echo $$ > "${folder}/formatting"; exec sleep 1000`)
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    const program = `
      import { startKafka } from ${JSON.stringify(pathToFileURL(compiled.entry).href)}
      await startKafka({ way: 'process' })`
    const env = { ...process.env, TMPDIR: temporary, NODE_OPTIONS: '' }
    const settings = { cwd: dirname(compiled.entry), env, stdio: 'ignore' } as const
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], settings)
    const formatting = (): number => (existsSync(join(folder, 'formatting')) ? Number(readFileSync(join(folder, 'formatting'), 'utf8')) : 0)
    await expect.poll(formatting).toBeGreaterThan(0)
    const pid = formatting()
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    try {
      await expect.poll(() => leftBehind(temporary)).toEqual([])
      await expect.poll(() => isThere(pid)).toBe(false)
    } finally {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended, as it should.
      }
    }
  })
})

describe('a child JVM that does not start', () => {
  beforeEach(() => vi.stubEnv('TMPDIR', folder))

  const failed = async (options: Parameters<typeof startKafka>[0] = {}): Promise<string> => {
    const error = await startKafka({ way: 'process', ...options }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'EvolveError', code: 'broker-unavailable', retryable: true })
    expect(await leftBehind(folder)).toEqual([])
    return String(error)
  }

  it('the storage cannot be formatted: its words are in the error', async () => {
    fakeJava('echo "disk on fire" >&2; exit 1')
    expect(await failed()).toMatch(/the storage could not be formatted; its last lines:\n1 disk on fire/)
  })

  it('it is killed while it formats the storage: the error says so', async () => {
    fakeJava('kill -9 $$')
    expect(await failed()).toMatch(/the storage could not be formatted; its last lines:\n1 it ended with SIGKILL/)
  })

  it('the broker ends: its words are in the error', async () => {
    fakeJava('case "$*" in *StorageTool*) exit 0;; *) echo "Kafka has had enough"; exit 3;; esac')
    expect(await failed()).toMatch(
      /broker 1 ended while it started; its last lines:\n1 Kafka has had enough\n1 the broker ended \(exit code 3\)/,
    )
  })

  it('the broker says nothing: the start gives up and kills it', async () => {
    fakeJava(`case "$*" in *StorageTool*) exit 0;; *) echo $$ > ${folder}/pid; exec sleep 1000;; esac`)
    expect(await failed({ timeoutMs: 5_000 })).toMatch(/broker 1 did not start in 5000 ms/)
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    expect(pid).toBeGreaterThan(0)
    expect(isThere(pid)).toBe(false)
  })

  it('the start is aborted: it ends at once', async () => {
    fakeJava(`case "$*" in *StorageTool*) exit 0;; *) echo $$ > ${folder}/pid; exec sleep 1000;; esac`)
    const controller = new AbortController()
    const failing = failed({ signal: controller.signal })
    await expect.poll(() => existsSync(join(folder, 'pid'))).toBe(true)
    controller.abort()
    expect(await failing).toMatch(/the start of Kafka was aborted/)
    expect(await failed({ signal: AbortSignal.abort() })).toMatch(/the start of Kafka was aborted/)
  })

  it('Maven cannot fetch the jars: its words are in the error, and nothing half is kept', async () => {
    writeFileSync(join(folder, 'mvn'), '#!/bin/sh\n[ "$1" = -v ] || { echo "[ERROR] the repository is away"; exit 1; }\n', { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    vi.stubEnv('KAFKA_EVOLVE_CACHE', join(folder, 'cache'))
    expect(await failed({ kafkaVersion: '9.9.9' })).toMatch(/Maven could not fetch the jars of Kafka 9\.9\.9: the repository is away/)
    expect(readdirSync(join(folder, 'cache'))).toEqual([])
  })

  it('there is no Java and no Maven: one line names both packages', async () => {
    vi.stubEnv('JAVA_HOME', undefined)
    vi.stubEnv('PATH', folder)
    vi.stubEnv('KAFKA_EVOLVE_CACHE', join(folder, 'cache'))
    const error = await startKafka({ way: 'process' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'missing-prerequisite' })
    expect(String(error)).toMatch(/^.*Java is not installed.*Maven is not installed.*openjdk-17-jre-headless maven.*$/)
  })
})
