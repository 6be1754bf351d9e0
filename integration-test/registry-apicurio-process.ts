import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../src/broker/ports.ts'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const startWithinMs = 170_000

/** The program that `npm run setup:apicurio` fetched; `undefined` when it did not. */
export function apicurioJar(): string | undefined {
  const version = /<apicurio\.version>(.+)<\/apicurio\.version>/.exec(readFileSync(at('docker/apicurio/pom.xml'), 'utf8'))?.[1]
  if (version === undefined) throw new Error('docker/apicurio/pom.xml names no version')
  const jar = at(`.cache/apicurio/${version}/apicurio-registry-app-${version}-runner.jar`)
  return existsSync(jar) ? jar : undefined
}

/** A running Apicurio Registry, empty at the start, everything in memory. */
export interface Apicurio {
  /** Of its Confluent API. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts it as a child JVM, which is killed with this process however that ends. */
export async function startApicurio(jar: string): Promise<Apicurio> {
  const [port = 0] = await freePorts(1)
  const quarkus = ['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`]
  const java = spawn('java', ['-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...quarkus, '-jar', jar], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const guard = spawn(process.execPath, [at('docker/guard.mjs'), '{}'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guard.unref()
  guard.stdin.write(`+${java.pid}\n`)
  const log: string[] = []
  for (const stream of [java.stdout, java.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void log.push(text))
  const stop = async (): Promise<void> => {
    await kill(java)
    guard.stdin.end('done\n')
  }
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  try {
    await ready(url, java)
    return { url, stop }
  } catch (error) {
    await stop()
    throw new Error(`Apicurio Registry did not start. Its log ends with:\n${log.join('').slice(-4_000)}`, { cause: error })
  }
}

async function ready(url: string, java: ChildProcess): Promise<void> {
  const until = Date.now() + startWithinMs
  while (Date.now() < until) {
    if (java.exitCode !== null || java.signalCode !== null) throw new Error(`it ended with ${java.exitCode ?? java.signalCode}`)
    const answers = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    )
    if (answers) return
    await wait(200)
  }
  throw new Error(`no answer within ${startWithinMs} ms`)
}

async function kill(java: ChildProcess): Promise<void> {
  if (java.pid === undefined || java.exitCode !== null || java.signalCode !== null) return
  const ended = new Promise<void>((resolve) => java.once('exit', () => resolve()))
  // It keeps everything in memory: there is nothing to end in good order.
  java.kill('SIGKILL')
  await ended
}
