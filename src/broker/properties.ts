import { readBrokerFile } from './assets.ts'

/** A node and where it listens. */
export interface NodePlace {
  readonly id: number
  /** Port for clients and other brokers. */
  readonly port: number
  /** Port for the controllers. */
  readonly controllerPort: number
  /** Folder of its data. */
  readonly data: string
}

/** The properties of one broker of a cluster on loopback: `docker/broker.properties`, and what differs. */
export function nodeProperties(node: NodePlace, all: readonly NodePlace[]): string {
  const changes: Record<string, string | number> = {
    'node.id': node.id,
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'controller.quorum.voters': all.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    // A backslash starts an escape in a properties file.
    'log.dirs': node.data.replaceAll('\\', '\\\\'),
    ...replication(all.length),
  }
  const lines = Object.entries(changes).map(([key, value]) => `${key}=${value}`)
  return `${readBrokerFile('broker.properties')}\n${lines.join('\n')}\n`
}

/** What makes a cluster of several brokers survive the loss of one; nothing for a single broker. */
export function replication(brokers: number): Record<string, number> {
  if (brokers === 1) return {}
  return {
    'default.replication.factor': brokers,
    'min.insync.replicas': brokers - 1,
    'offsets.topic.replication.factor': brokers,
    'transaction.state.log.replication.factor': brokers,
    'transaction.state.log.min.isr': brokers - 1,
    'share.coordinator.state.topic.replication.factor': brokers,
    'share.coordinator.state.topic.min.isr': brokers - 1,
    // A container that is gone does not refuse connections, it is silent: the others must not wait 10 seconds for each.
    'socket.connection.setup.timeout.ms': 1000,
    'socket.connection.setup.timeout.max.ms': 2000,
  }
}

/** The variable by which an image takes a property: `_` is a dot there, `__` an underscore, `___` a dash. */
export function variableOf(property: string): string {
  return `KAFKA_${property.replaceAll('_', '__').replaceAll('.', '_').replaceAll('-', '___').toUpperCase()}`
}
