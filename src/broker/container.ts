import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerRuntimeClient } from 'testcontainers'
import { EvolveError } from '../errors.ts'
import { CLUSTER_LABEL, oneBroker, severalBrokers } from './container-brokers.ts'
import type { EngineAddress } from './engine.ts'
import { startGuard } from './guard.ts'
import { ensureImage } from './image.ts'
import type { Launched, LaunchOptions } from './launch.ts'
import { loadOptional } from './optional.ts'
import { freePorts, retryOnTakenPorts } from './ports.ts'
import { waitForCoordinators } from './ready.ts'
import type { KafkaNode } from './types.ts'

type Container = ReturnType<ContainerRuntimeClient['container']['getById']>
type Dockerode = ContainerRuntimeClient['container']['dockerode']

interface Tools {
  readonly testcontainers: typeof import('testcontainers')
  readonly kafka: typeof import('@testcontainers/kafka')
  readonly client: ContainerRuntimeClient
}

/**
 * Brokers in containers: one is testcontainers' `KafkaContainer` (KRaft), three are generic containers on a network of their own. The image
 * is that of `KAFKA_IMAGE`, else the product's own.
 * @throws EvolveError `missing-prerequisite` without testcontainers, `broker-unavailable` where they do not start.
 */
export async function launchContainers(engine: EngineAddress, options: LaunchOptions): Promise<Launched> {
  const purpose = 'brokers in containers are started with it'
  const testcontainers = await loadOptional('testcontainers', purpose, () => import('testcontainers'))
  const kafka = await loadOptional('@testcontainers/kafka', purpose, () => import('@testcontainers/kafka'))
  const client = await testcontainers.getContainerRuntimeClient()
  await leaveRyukOut(client.container.dockerode)
  const image = process.env['KAFKA_IMAGE'] || (await ensureImage(client.container.dockerode, options))
  options.signal?.throwIfAborted()
  return await retryOnTakenPorts(options, () => launchOnce(engine, image, { testcontainers, kafka, client }, options))
}

async function launchOnce(engine: EngineAddress, image: string, tools: Tools, options: LaunchOptions): Promise<Launched> {
  const { client } = tools
  const { count, signal, timeoutMs } = options
  const cluster = randomBytes(6).toString('hex')
  const label = `${CLUSTER_LABEL}=${cluster}`
  const ports = await freePorts(count)
  const brokers = ports.map((port) => `${client.info.containerRuntime.host}:${port}`)
  const guard = startGuard({ label, engine })
  const stop = async (): Promise<void> => {
    await removeLabelled(client.container.dockerode, label)
    guard.release()
  }
  // Without its container a start that is under way fails, so an abort need not wait for it.
  const aborted = (): void => void removeLabelled(client.container.dockerode, label).catch(() => undefined)
  signal?.addEventListener('abort', aborted, { once: true })
  try {
    const containers = await startContainers(image, cluster, ports, tools, options)
    const serving = new Set(ports.map((_, index) => index + 1))
    const ready = (until?: AbortSignal): Promise<void> => waitForCoordinators({ brokers, count: serving.size, timeoutMs, signal: until })
    await ready(signal)
    const nodes = containers.map((container, index): KafkaNode => {
      const id = index + 1
      return { id, broker: brokers[index] ?? '', ...controls(id, container, { serving, client, options, ready }) }
    })
    return { brokers, nodes, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    signal?.removeEventListener('abort', aborted)
  }
}

async function startContainers(
  image: string,
  cluster: string,
  ports: readonly number[],
  tools: Tools,
  options: LaunchOptions,
): Promise<Container[]> {
  const { testcontainers, kafka, client } = tools
  const plan = { image, ports, cluster, client }
  const brokers = ports.length === 1 ? [oneBroker(kafka, plan)] : await severalBrokers(testcontainers, plan)
  const starts = brokers.map(async (broker, index) => {
    const started = await broker
      .withLabels({ [CLUSTER_LABEL]: cluster })
      .withLogConsumer((stream) => stream.on('data', (text: string | Buffer) => options.log.add(String(index + 1), String(text))))
      .withWaitStrategy(testcontainers.Wait.forLogMessage('Kafka Server started'))
      .withStartupTimeout(options.timeoutMs)
      .start()
    return client.container.getById(started.getId())
  })
  // All of them have to settle: one that still starts could not be removed.
  const settled = await Promise.allSettled(starts)
  options.signal?.throwIfAborted()
  return settled.map((start) => {
    if (start.status === 'rejected') throw start.reason
    return start.value
  })
}

interface Context {
  /** IDs of the nodes that run and are not paused. */
  readonly serving: Set<number>
  readonly client: ContainerRuntimeClient
  readonly options: LaunchOptions
  ready(): Promise<void>
}

function controls(id: number, container: Container, { serving, client, options, ready }: Context): Omit<KafkaNode, 'id' | 'broker'> {
  const kill = async (): Promise<void> => {
    serving.delete(id)
    const { State } = await container.inspect()
    if (!State.Running) return
    // An engine does not kill what it has paused.
    if (State.Paused) await container.unpause()
    const ended = container.wait()
    await container.kill({ signal: 'SIGKILL' })
    await ended
  }
  return {
    kill,
    async pause() {
      const { State } = await container.inspect()
      serving.delete(id)
      if (State.Running && !State.Paused) await container.pause()
    },
    async resume() {
      const { State } = await container.inspect()
      if (State.Paused) await container.unpause()
      if (State.Running) serving.add(id)
    },
    async restart() {
      await kill()
      const since = Date.now() / 1000
      await container.start()
      const stream = await client.container.logs(container, { since })
      stream.on('data', (text: string | Buffer) => options.log.add(String(id), String(text)))
      serving.add(id)
      await ready()
    },
  }
}

/** Ryuk cleans up after testcontainers, from an image of its own. Where that is not at hand the guard alone does it. */
async function leaveRyukOut(docker: Dockerode): Promise<void> {
  if (process.env['TESTCONTAINERS_RYUK_DISABLED'] !== undefined) return
  const named = process.env['RYUK_CONTAINER_IMAGE'] ?? 'testcontainers/ryuk:'
  const images = await docker.listImages()
  if (!images.some(({ RepoTags }) => RepoTags?.some((tag) => tag.startsWith(named)))) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
}

/** Removes what has the label, and resolves when the engine has nothing left of it. */
async function removeLabelled(docker: Dockerode, label: string): Promise<void> {
  const filters = { label: [label] }
  // Refused is what somebody else is removing already; so look again until it is gone.
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    const containers = await docker.listContainers({ all: true, filters })
    const networks = await docker.listNetworks({ filters })
    // Nothing is awaited between these and what settles them: a refusal in between would have no handler.
    const removals = containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }))
    const settled = await Promise.allSettled(removals.length > 0 ? removals : networks.map(({ Id }) => docker.getNetwork(Id).remove()))
    if (settled.length === 0) return
    const refused = settled.find((removal) => removal.status === 'rejected')
    if (refused !== undefined && Date.now() > deadline) {
      throw new EvolveError('broker-unavailable', `the engine does not remove what is labelled ${label}: ${String(refused.reason)}`)
    }
  }
}
