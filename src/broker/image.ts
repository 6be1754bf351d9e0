import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import { EvolveError } from '../errors.ts'
import { type BrokerFile, brokerFile, fingerprintOf } from './assets.ts'
import { resolveJars } from './jars.ts'
import type { LaunchOptions } from './launch.ts'

type Dockerode = ContainerRuntimeClient['container']['dockerode']

/** What goes into the image besides the jars. */
const FILES: readonly BrokerFile[] = ['Dockerfile', 'run', 'broker.properties', 'jvm.args']
/** On the image: the fingerprint of what it was built from. */
const LABEL = 'kafka-evolve.contents'

/**
 * The product's own image for a version of Kafka. The tag follows Confluent Platform's numbers, which testcontainers' `KafkaContainer`
 * reads to know what a broker can do: Kafka 4.3.1 is 8.3.1, Kafka 3.9.2 is 7.9.2.
 */
export function imageName(version: string): string {
  const [major, ...rest] = version.split('.')
  return `kafka-evolve/kafka:${[Number(major) + 4, ...rest].join('.')}`
}

/**
 * Makes sure that the product's own image is there and up to date; builds it where it is not.
 * @throws EvolveError `broker-unavailable` where it cannot be built; what the engine said is in the message.
 */
export async function ensureImage(docker: Dockerode, options: LaunchOptions): Promise<string> {
  const name = imageName(options.version)
  const contents = fingerprintOf([...FILES, 'pom.xml'], options.version)
  if ((await labelsOf(docker, name))?.[LABEL] === contents) return name

  const libs = await resolveJars({ version: options.version, say: options.say, signal: options.signal })
  options.say(`building the image ${name}, once`)
  const context = buildContext(libs)
  try {
    const src = [...FILES, 'libs']
    const settings = {
      t: name,
      labels: { [LABEL]: contents },
      buildargs: proxyArguments(),
      ...(options.signal && { abortSignal: options.signal }),
    }
    const stream = await docker.buildImage({ context, src }, settings)
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error: Error | null) => (error === null ? resolve() : reject(error)),
        (step: { stream?: string; error?: string }) =>
          options.log.add('build', step.stream ?? (step.error === undefined ? '' : `${step.error}\n`)),
      )
    })
    if ((await labelsOf(docker, name))?.[LABEL] !== contents) throw new Error('the build left no image')
    return name
  } catch (error) {
    throw new EvolveError(
      'broker-unavailable',
      `the image ${name} could not be built: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    )
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

/** The labels of an image; `undefined` where there is no such image. */
async function labelsOf(docker: Dockerode, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Config } = await docker.getImage(name).inspect()
    return Config.Labels ?? {}
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'statusCode' in error && error.statusCode === 404) return undefined
    throw error
  }
}

function buildContext(libs: string): string {
  const context = mkdtempSync(join(tmpdir(), 'kafka-evolve-image-'))
  for (const name of FILES) copyFileSync(brokerFile(name), join(context, name))
  mkdirSync(join(context, 'libs'))
  for (const jar of readdirSync(libs)) {
    try {
      linkSync(join(libs, jar), join(context, 'libs', jar))
    } catch {
      // The temporary folder may be on another file system.
      copyFileSync(join(libs, jar), join(context, 'libs', jar))
    }
  }
  return context
}

/** Variables the engine passes on to a build without being named in the Dockerfile, so that apt finds its way out. */
function proxyArguments(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}
