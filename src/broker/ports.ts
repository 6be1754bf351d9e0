import { createServer } from 'node:net'
import { EvolveError } from '../errors.ts'
import type { LaunchOptions } from './launch.ts'

/**
 * Below the range Linux (32768) and macOS (49152) take outgoing ports from: a port there stays free while its broker is down, and a
 * client that tries again and again cannot connect to itself.
 */
const FIRST = 15_000
const LAST = 31_999

/** `count` different ports of 127.0.0.1 that nobody listens on just now, chosen at random. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries > 1000) throw new EvolveError('broker-unavailable', `no ${count} free ports between ${FIRST} and ${LAST} on 127.0.0.1`)
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1))
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}

/**
 * Launches up to three times: between the choice of a port and the moment the broker listens on it somebody else may have come.
 * Other failures are passed on at once.
 */
export async function retryOnTakenPorts<T>({ log, say }: Pick<LaunchOptions, 'log' | 'say'>, launch: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const lines: string[] = []
    const leave = log.onLine((_source, line) => lines.push(line))
    try {
      return await launch()
    } catch (error) {
      const words = `${lines.join('\n')}\n${error instanceof Error ? error.message : ''}`
      if (tries === 3 || !/address already in use|port is already allocated/i.test(words)) throw error
      say('a port was taken meanwhile; starting again on others')
    } finally {
      leave()
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
