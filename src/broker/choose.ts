import { createRequire } from 'node:module'
import { EvolveError } from '../errors.ts'
import { type EngineAddress, probeEngine } from './engine.ts'
import type { KafkaOptions } from './types.ts'

/** Which way was taken, why, and what that way needs. */
export type BrokerChoice =
  | { readonly way: 'given'; readonly why: string; readonly brokers: string[] }
  | { readonly way: 'container'; readonly why: string; readonly engine: EngineAddress }
  | { readonly way: 'process'; readonly why: string }

/**
 * Decides where the brokers come from: the option, else `KAFKA_EVOLVE_BROKER`, else `KAFKA_BROKERS`, else an engine that answers,
 * else child processes.
 * @throws EvolveError `invalid-options` for a value that is none, `missing-prerequisite` where the forced way is not there.
 */
export async function chooseBrokers(wanted: KafkaOptions['way']): Promise<BrokerChoice> {
  const { way, why } = forcedWay(wanted)
  const given = givenBrokers()
  if (way === 'given' || (way === 'auto' && given.length > 0)) {
    if (given.length > 0) return { way: 'given', why: 'KAFKA_BROKERS is set', brokers: given }
    throw new EvolveError('invalid-options', `${why}, and KAFKA_BROKERS names no broker`, { hint: 'set KAFKA_BROKERS=host:port,host:port' })
  }
  if (way === 'process') return { way, why }

  const engine = await probeEngine()
  if (engine.answers) {
    const answers = `a Docker engine answers at ${engine.at}`
    if (way === 'container' || hasTestcontainers()) return { way: 'container', why: why === '' ? answers : why, engine: engine.address }
    return { way: 'process', why: `${answers}, but the packages testcontainers and @testcontainers/kafka are not installed` }
  }
  if (way === 'auto') return { way: 'process', why: engine.why }
  throw new EvolveError('missing-prerequisite', `${why}, and ${engine.why}`, {
    hint: 'start one (on Debian: apt-get install docker.io), or leave the way to be chosen',
  })
}

function forcedWay(wanted: KafkaOptions['way']): { way: NonNullable<KafkaOptions['way']>; why: string } {
  const ways = ['auto', 'given', 'container', 'process'] as const
  const variable = process.env['KAFKA_EVOLVE_BROKER'] ?? ''
  const asked = wanted !== undefined && wanted !== 'auto'
  const text = asked ? wanted : variable === '' ? 'auto' : variable
  const why = asked ? `the way '${text}' was asked for` : text === 'auto' ? '' : `KAFKA_EVOLVE_BROKER is ${text}`
  const way = ways.find((known) => known === text)
  if (way !== undefined) return { way, why }
  throw new EvolveError(
    'invalid-options',
    `${asked ? 'way' : 'KAFKA_EVOLVE_BROKER'} is ${JSON.stringify(text)}, which is none of ${ways.join(', ')}`,
  )
}

function givenBrokers(): string[] {
  const brokers = (process.env['KAFKA_BROKERS'] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  const wrong = brokers.find((text) => !/^(?:[^\s:/]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/.test(text))
  if (wrong === undefined) return brokers
  throw new EvolveError('invalid-options', `KAFKA_BROKERS names ${JSON.stringify(wrong)}, which is not host:port`)
}

function hasTestcontainers(): boolean {
  const { resolve } = createRequire(import.meta.url)
  try {
    resolve('testcontainers')
    resolve('@testcontainers/kafka')
    return true
  } catch {
    return false
  }
}
