import { EvolveError, isEvolveError } from '../errors.ts'
import { kafkaVersionOf } from './assets.ts'
import { type BrokerChoice, chooseBrokers } from './choose.ts'
import { launchContainers } from './container.ts'
import type { Launched, LaunchOptions } from './launch.ts'
import { createBrokerLog } from './log.ts'
import { launchProcesses } from './process.ts'
import { waitForBrokers } from './ready.ts'
import type { KafkaCluster, KafkaOptions } from './types.ts'

/** As many of the broker's last lines as an error shows. */
const LINES_IN_ERROR = 20
/** Nobody waits longer than this without a word about it. */
const SILENCE_MS = 3_000

/**
 * Finds or starts a Kafka and resolves when a client meets no error. Whatever it starts ends with `stop()`, with a failed start, and with
 * this process, even one that is killed; it does not keep this process alive.
 * @throws EvolveError `invalid-options`; `missing-prerequisite` where something must be installed (the message names it);
 * `broker-unavailable` where the brokers do not come up (the message ends with their last lines), or the start was aborted.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const log = createBrokerLog()
  const launch: LaunchOptions = {
    count: countOf(options.brokers),
    version: kafkaVersionOf(options.kafkaVersion),
    timeoutMs: options.timeoutMs ?? 120_000,
    signal: options.signal,
    log,
    say: options.say ?? (() => undefined),
  }
  try {
    options.signal?.throwIfAborted()
    const choice = await chooseBrokers(options.way)
    launch.say(`Kafka: ${describe(choice, launch)}, because ${choice.why}`)
    const { brokers, nodes, stop } = await start(choice, launch)
    let stopped: Promise<void> | undefined
    return {
      brokers,
      nodes,
      way: choice.way,
      why: choice.why,
      logs: () => log.tail(),
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    throw failure(error, launch)
  }
}

function start(choice: BrokerChoice, launch: LaunchOptions): Promise<Launched> {
  if (choice.way === 'given') return useGiven(choice.brokers, launch)
  return choice.way === 'container' ? launchContainers(choice.engine, launch) : launchProcesses(launch)
}

async function useGiven(brokers: string[], { count, timeoutMs, signal, say }: LaunchOptions): Promise<Launched> {
  const patience = Math.min(timeoutMs, 30_000)
  const silence = setTimeout(() => say(`no answer yet from ${brokers.join(', ')}; waiting up to ${patience / 1000} s`), SILENCE_MS)
  try {
    await waitForBrokers({ brokers, count, timeoutMs: patience, signal })
  } catch (error) {
    const hint = 'check that KAFKA_BROKERS is right and that they run; or unset it, and one is started'
    throw isEvolveError(error) ? error.with({ hint }) : error
  } finally {
    clearTimeout(silence)
  }
  return { brokers, nodes: [], stop: async () => undefined }
}

function describe(choice: BrokerChoice, { count, version }: LaunchOptions): string {
  const brokers = count === 1 ? 'one broker' : `${count} brokers`
  if (choice.way === 'given') return `the given brokers ${choice.brokers.join(', ')}`
  return choice.way === 'container'
    ? `${brokers} in ${count === 1 ? 'a container' : 'containers'}`
    : `${brokers} of version ${version} as child JVM`
}

function countOf(brokers: number | undefined): 1 | 3 {
  if (brokers === undefined || brokers === 1) return 1
  if (brokers === 3) return 3
  throw new EvolveError('invalid-options', `brokers is ${brokers}; a cluster has 1 or 3`)
}

function failure(error: unknown, { signal, log }: LaunchOptions): unknown {
  if (signal?.aborted) return new EvolveError('broker-unavailable', 'the start of Kafka was aborted', {}, signal.reason)
  if (isEvolveError(error) && error.code !== 'broker-unavailable') return error
  const said = isEvolveError(error) ? error.problem : `Kafka did not start: ${error instanceof Error ? error.message : String(error)}`
  const lines = log.tail(LINES_IN_ERROR)
  const details = isEvolveError(error) ? error.details : {}
  return new EvolveError(
    'broker-unavailable',
    lines === '' ? said : `${said}; its last lines:\n${lines}\n`,
    details,
    isEvolveError(error) ? error.cause : error,
  )
}
