import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { probeEngine } from '../../src/broker/engine.ts'
import { startGuard } from '../../src/broker/guard.ts'
import { freePorts } from '../../src/broker/ports.ts'
import type { PostgresServer } from './postgres-server.ts'

const run = promisify(execFile)
const startWithinMs = 120_000

/** Starts the image that KAFKA_EVOLVE_POSTGRES_IMAGE names, else the official one; `undefined` where no Docker engine answers. */
export async function postgresContainer(): Promise<PostgresServer | undefined> {
  const engine = await probeEngine()
  if (!engine.answers) return undefined
  const image = process.env.KAFKA_EVOLVE_POSTGRES_IMAGE ?? 'postgres:17'
  const docker = async (...args: string[]): Promise<string> => (await run('docker', args)).stdout.trim()
  const [password, name] = [randomBytes(12).toString('hex'), `kafka-evolve-postgres-${randomBytes(6).toString('hex')}`]
  const [port = 0] = await freePorts(1)
  const label = `kafka-evolve.postgres=${name}`
  const url = `postgres://tester:${password}@127.0.0.1:${port}/postgres`
  const guard = startGuard({ label, engine: engine.address })
  const stop = async (): Promise<void> => {
    await docker('rm', '--force', '--volumes', name).catch(() => undefined)
    guard.release()
  }
  const variables = { POSTGRES_USER: 'tester', POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' }
  try {
    const env = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`])
    await docker('run', '--detach', '--name', name, '--label', label, '--publish', `127.0.0.1:${port}:5432`, ...env, image)
    await ready(url)
  } catch (error) {
    const log = await docker('logs', '--tail', '20', name).catch(() => '')
    await stop()
    throw new Error(`PostgreSQL did not start in a container of ${image}: ${String(error)}\n${log}`, { cause: error })
  }
  return {
    url,
    kill: async () => {
      await docker('kill', '--signal', 'QUIT', name)
      await docker('wait', name)
    },
    start: async () => {
      await docker('start', name)
      await ready(url)
    },
    stop,
  }
}

async function ready(url: string): Promise<void> {
  for (const until = Date.now() + startWithinMs; ; await sleep(200)) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return
    } catch (error) {
      if (Date.now() > until) throw error
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}
