/** Where the brokers come from: somebody else's, containers, or child processes on loopback. */
export type BrokerWay = 'given' | 'container' | 'process'

/** What {@link startKafka} takes. Everything may be left out. */
export interface KafkaOptions {
  /** Number of brokers. Default 1. With 3, topics default to 3 copies of which 2 must be in sync. */
  readonly brokers?: 1 | 3 | undefined
  /**
   * Where they come from. `auto` (default) takes what the variable `KAFKA_EVOLVE_BROKER` says (`process`, `container` or `given`), else
   * the brokers of `KAFKA_BROKERS`, else containers where a Docker engine answers, else child processes.
   */
  readonly way?: 'auto' | BrokerWay | undefined
  /** Version of Apache Kafka, three numbers. Default: that of `docker/pom.xml`. Not used where brokers or an image are given. */
  readonly kafkaVersion?: string | undefined
  /** Gets one line for each thing worth telling. Default: nobody is told. */
  readonly say?: ((line: string) => void) | undefined
  /** Ends the start; what was started is stopped. It has no effect on a cluster that runs. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until brokers that do not become ready are given up. Default 120,000. Fetching jars or building an image is not counted. */
  readonly timeoutMs?: number | undefined
}

/** One broker, to do to it what happens to brokers. */
export interface KafkaNode {
  /** Its node ID, from 1. */
  readonly id: number
  /** `host:port` of its listener; stays the same over restarts. */
  readonly broker: string
  /** Ends it with SIGKILL and waits until it is gone. Its data stays. Nothing happens where it does not run. */
  kill(): Promise<void>
  /** Stops it in its tracks (SIGSTOP, or the engine's pause): its connections stay open and nothing answers. */
  pause(): Promise<void>
  /** Lets a paused broker go on. */
  resume(): Promise<void>
  /** Kills it if it runs, starts it again on its data, and waits until it serves. */
  restart(): Promise<void>
}

/** Brokers that are ready: a first client meets no error. */
export interface KafkaCluster {
  /** `host:port` of each broker, for a client's `brokers`. */
  readonly brokers: string[]
  /** Where they come from. */
  readonly way: BrokerWay
  /** Why they come from there, as part of a sentence. */
  readonly why: string
  /** One for each broker, by ID; empty where the brokers were given. */
  readonly nodes: KafkaNode[]
  /** The last lines the brokers wrote; empty where the brokers were given. */
  logs(): string
  /** Stops all of it and removes its data. May be called again. Given brokers are left alone. */
  stop(): Promise<void>
}
