import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EvolveError } from '../errors.ts'

/** The files a broker is made of; what is in them is explained in them. */
export type BrokerFile = 'pom.xml' | 'Dockerfile' | 'run' | 'broker.properties' | 'jvm.args' | 'guard.mjs'

/** Path of a file in `docker/` of this package: seen alike from `src/broker` and from `dist/broker`. */
export function brokerFile(name: BrokerFile): string {
  return fileURLToPath(new URL(`../../docker/${name}`, import.meta.url))
}

/** Path of this package's own folder. */
export function packageFolder(): string {
  return fileURLToPath(new URL('../../', import.meta.url))
}

/** The text of a file in `docker/`. */
export function readBrokerFile(name: BrokerFile): string {
  return readFileSync(brokerFile(name), 'utf8')
}

/** 12 hexadecimal digits that change with any of the files. */
export function fingerprintOf(names: readonly BrokerFile[], more: string = ''): string {
  const hash = createHash('sha256').update(more)
  for (const name of names) hash.update(`\0${name}\0`).update(readBrokerFile(name))
  return hash.digest('hex').slice(0, 12)
}

/**
 * The version of Kafka to run: the wanted one, else that of `docker/pom.xml`.
 * @throws EvolveError `invalid-options` where it is not three numbers.
 */
export function kafkaVersionOf(wanted: string | undefined): string {
  const version = wanted ?? /<kafka\.version>([^<]+)</.exec(readBrokerFile('pom.xml'))?.[1] ?? ''
  if (/^\d+\.\d+\.\d+$/.test(version)) return version
  throw new EvolveError('invalid-options', `kafkaVersion ${JSON.stringify(version)} is not a version such as 4.3.1`)
}
