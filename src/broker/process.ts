import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EvolveError } from '../errors.ts'
import { type Guard, startGuard } from './guard.ts'
import { fetchedJars, resolveJars } from './jars.ts'
import { formatStorage, type Jvm, startJvm } from './jvm.ts'
import type { Launched, LaunchOptions } from './launch.ts'
import type { BrokerLog } from './log.ts'
import { freePorts, retryOnTakenPorts } from './ports.ts'
import { findJavaFirst } from './prerequisites.ts'
import { type NodePlace, nodeProperties } from './properties.ts'
import { waitForCoordinators } from './ready.ts'
import type { KafkaNode } from './types.ts'

/** Any valid ID will do: the storage lives as long as the cluster. */
const CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw'

/**
 * Brokers as child JVMs on 127.0.0.1, on ports chosen here, with their data in a temporary folder.
 * @throws EvolveError `missing-prerequisite` without Java or Maven, `broker-unavailable` where they do not start.
 */
export async function launchProcesses(options: LaunchOptions): Promise<Launched> {
  const java = await findJavaFirst(fetchedJars(options.version) === undefined)
  const libs = await resolveJars({ version: options.version, say: options.say, signal: options.signal })
  return await retryOnTakenPorts(options, () => launchOnce(java, libs, options))
}

async function launchOnce(java: string, libs: string, options: LaunchOptions): Promise<Launched> {
  const { count, log, signal, timeoutMs } = options
  const ports = await freePorts(count * 2)
  const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
  const guard = startGuard({ folder })
  const places = Array.from({ length: count }, (_, index) => placeOf(index + 1, ports, folder))
  const brokers = places.map(({ port }) => `127.0.0.1:${port}`)
  const slots = places.map((place) =>
    createSlot({ java, libs, id: place.id, file: join(folder, `node-${place.id}.properties`), log, guard }),
  )

  const stop = async (): Promise<void> => {
    await Promise.all(slots.map((slot) => slot.kill()))
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    guard.release()
  }
  const ready = (until: AbortSignal | undefined): Promise<void> =>
    waitForCoordinators({ brokers, count: slots.filter((slot) => slot.serving()).length, timeoutMs, signal: until })

  try {
    await Promise.all(
      places.map(async (place) => {
        const file = join(folder, `node-${place.id}.properties`)
        writeFileSync(file, nodeProperties(place, places))
        const wrong = await formatStorage({ java, libs, file, guard, clusterId: CLUSTER_ID, signal })
        if (wrong !== undefined) log.add(String(place.id), `${wrong}\n`)
        signal?.throwIfAborted()
        if (wrong !== undefined) throw new EvolveError('broker-unavailable', 'the storage could not be formatted')
      }),
    )
    await Promise.all(slots.map((slot) => slot.start(timeoutMs, signal)))
    await ready(signal)
  } catch (error) {
    await stop()
    throw error
  }
  const nodes = slots.map((slot, index): KafkaNode => {
    const { kill, pause, resume } = slot
    const restart = async (): Promise<void> => {
      await slot.kill()
      await slot.start(timeoutMs, undefined)
      await ready(undefined)
    }
    return { id: index + 1, broker: brokers[index] ?? '', kill, pause, resume, restart }
  })
  return { brokers, nodes, stop }
}

function placeOf(id: number, ports: readonly number[], folder: string): NodePlace {
  const [port = 0, controllerPort = 0] = ports.slice((id - 1) * 2)
  return { id, port, controllerPort, data: join(folder, `node-${id}`) }
}

interface Slot {
  start(timeoutMs: number, signal: AbortSignal | undefined): Promise<void>
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Runs and is not paused. */
  serving(): boolean
}

/** One place of the cluster; a JVM runs in it, or none. */
function createSlot(options: { java: string; libs: string; id: number; file: string; log: BrokerLog; guard: Guard }): Slot {
  let jvm: Jvm | undefined
  let paused = false
  return {
    async start(timeoutMs, signal) {
      const over = new AbortController()
      const started = waitForStart(options.log, String(options.id), timeoutMs, AbortSignal.any([over.signal, ...(signal ? [signal] : [])]))
      const child = startJvm(options)
      jvm = child
      paused = false
      void child.ended.then(() => over.abort(new EvolveError('broker-unavailable', `broker ${options.id} ended while it started`)))
      await started
    },
    async kill() {
      await jvm?.kill()
      paused = false
    },
    async pause() {
      jvm?.signal('SIGSTOP')
      paused = true
    },
    async resume() {
      jvm?.signal('SIGCONT')
      paused = false
    },
    serving: () => jvm?.running() === true && !paused,
  }
}

function waitForStart(log: BrokerLog, id: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      clearTimeout(timer)
      leave()
      signal.removeEventListener('abort', aborted)
      end()
    }
    const aborted = (): void => settle(() => reject(signal.reason))
    const timer = setTimeout(() => {
      settle(() => reject(new EvolveError('broker-unavailable', `broker ${id} did not start in ${timeoutMs} ms`)))
    }, timeoutMs)
    const leave = log.onLine((source, line) => {
      if (source === id && line.includes('Kafka Server started')) settle(resolve)
    })
    signal.addEventListener('abort', aborted)
    if (signal.aborted) aborted()
  })
}
