import type { ContainerRuntimeClient, GenericContainer, PortWithBinding } from 'testcontainers'
import { replication, variableOf } from './properties.ts'

/** On containers and networks: the cluster they belong to. */
export const CLUSTER_LABEL = 'kafka-evolve.cluster'
/** The listener for clients inside the container, as `KafkaContainer` has it. */
const CLIENT_PORT = 9093

/** The brokers of one cluster, before they are started. */
export interface ContainerPlan {
  readonly image: string
  /** Ports of the engine's host, one for each broker. */
  readonly ports: readonly number[]
  /** Name of the cluster, for its network. */
  readonly cluster: string
  readonly client: ContainerRuntimeClient
}

/** One broker: testcontainers' own `KafkaContainer`, in KRaft mode. */
export function oneBroker(kafka: typeof import('@testcontainers/kafka'), { image, ports, client }: ContainerPlan): GenericContainer {
  const [port = 0] = ports
  class Broker extends kafka.KafkaContainer {
    // KafkaContainer exposes its port, on any port of the host, as late as here.
    protected override async beforeContainerCreated(): Promise<void> {
      await super.beforeContainerCreated()
      this.hostConfig.PortBindings = portBindings(port, client)
    }
  }
  return new Broker(image)
    .withKraft()
    .withExposedPorts(binding(port))
    .withEnvironment({ KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1' })
}

/** Several brokers, each its own controller too, on a network of their own (which is made here). */
export async function severalBrokers(testcontainers: typeof import('testcontainers'), plan: ContainerPlan): Promise<GenericContainer[]> {
  const { image, ports, cluster, client } = plan
  class Broker extends testcontainers.GenericContainer {
    bindTo(port: number): this {
      this.hostConfig.PortBindings = portBindings(port, client)
      return this
    }
  }
  const network = `kafka-evolve-${cluster}`
  await client.container.dockerode.createNetwork({ Name: network, Labels: { [CLUSTER_LABEL]: cluster } })
  const voters = ports.map((_, index) => `${index + 1}@kafka-${index + 1}:9094`).join(',')
  return ports.map((port, index) => {
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': index + 1,
      listeners: `PLAINTEXT://0.0.0.0:${CLIENT_PORT},BROKER://0.0.0.0:9092,CONTROLLER://0.0.0.0:9094`,
      'advertised.listeners': `PLAINTEXT://${client.info.containerRuntime.host}:${port},BROKER://kafka-${index + 1}:9092`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'BROKER',
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.voters': voters,
      'group.initial.rebalance.delay.ms': 0,
      ...replication(ports.length),
    }
    const variables = Object.entries(properties).map(([key, value]) => [variableOf(key), String(value)])
    return new Broker(image)
      .withNetworkMode(network)
      .withNetworkAliases(`kafka-${index + 1}`)
      .withExposedPorts(binding(port))
      .withEnvironment({ CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw', ...Object.fromEntries(variables) })
      .bindTo(port)
  })
}

function binding(port: number): PortWithBinding {
  return { container: CLIENT_PORT, host: port }
}

/** Loopback only, where the engine runs on this machine. */
function portBindings(port: number, client: ContainerRuntimeClient): Record<string, { HostPort: string; HostIp?: string }[]> {
  const local = ['localhost', '127.0.0.1'].includes(client.info.containerRuntime.host)
  return { [`${CLIENT_PORT}/tcp`]: [{ HostPort: String(port), ...(local && { HostIp: '127.0.0.1' }) }] }
}
