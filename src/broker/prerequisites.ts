import { join } from 'node:path'
import { EvolveError, isEvolveError } from '../errors.ts'
import { runCommand } from './run.ts'

/** Java that runs both Kafka 3.9 and 4.x. */
const OLDEST_JAVA = 17

/** The other ways to a Kafka, for those who do not want to install what is missing. */
const OTHER_WAYS = 'or start a Docker engine (docker.io); or set KAFKA_BROKERS to brokers that run'

/**
 * The `java` to run. Where Maven will be needed too (`maven`), one error names all that is missing: nobody wants to be told twice.
 * @throws EvolveError `missing-prerequisite`.
 */
export async function findJavaFirst(maven: boolean): Promise<string> {
  try {
    return await findJava()
  } catch (noJava) {
    const noMaven = maven ? await findMaven().catch((error: unknown) => error) : undefined
    if (!isEvolveError(noJava) || !isEvolveError(noMaven)) throw noJava
    throw new EvolveError('missing-prerequisite', `${noJava.problem}. ${noMaven.problem}`, {
      hint: `on Debian: apt-get install openjdk-17-jre-headless maven; ${OTHER_WAYS}`,
    })
  }
}

/**
 * The `java` to run: that of `JAVA_HOME`, else the one on the path.
 * @throws EvolveError `missing-prerequisite` where there is none, or an older one than 17.
 */
export async function findJava(): Promise<string> {
  const home = process.env['JAVA_HOME']
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java')
  const { found, output } = await runCommand(java, ['-version'], { timeoutMs: 20_000 })
  const version = javaVersion(output)
  if (found && version !== undefined && version >= OLDEST_JAVA) return java
  const state = !found
    ? 'is not installed'
    : version === undefined
      ? `does not say its version (${java} -version)`
      : `is version ${version} (${java})`
  throw new EvolveError(
    'missing-prerequisite',
    `Java ${state}; a Kafka broker without a Docker engine needs Java ${OLDEST_JAVA} or later`,
    {
      hint: `on Debian: apt-get install openjdk-17-jre-headless; ${OTHER_WAYS}`,
    },
  )
}

/**
 * The `mvn` that fetches the jars.
 * @throws EvolveError `missing-prerequisite` where it is not on the path.
 */
export async function findMaven(): Promise<string> {
  const { found, ok } = await runCommand('mvn', ['-v'], { timeoutMs: 30_000 })
  if (found && ok) return 'mvn'
  throw new EvolveError(
    'missing-prerequisite',
    `Maven ${found ? 'does not run (mvn -v)' : 'is not installed'}; it fetches the jars of the Kafka broker, once`,
    {
      hint: 'on Debian: apt-get install maven; or set KAFKA_BROKERS to brokers that run',
    },
  )
}

/** The first number of a version as `java -version` prints it: 17 of `"17.0.15"`, 8 of `"1.8.0_392"`. */
export function javaVersion(output: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? []
  if (first === undefined) return undefined
  return Number(first === '1' && second !== undefined ? second : first)
}
