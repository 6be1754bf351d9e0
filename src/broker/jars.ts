import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { EvolveError } from '../errors.ts'
import { brokerFile, fingerprintOf, packageFolder } from './assets.ts'
import { findMaven } from './prerequisites.ts'
import { runCommand } from './run.ts'

/** What fetching the jars takes. */
export interface JarOptions {
  readonly version: string
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * The folder with the jars of a broker, fetched by Maven where they are not there yet. It appears under its name when it is complete and
 * not before, so starts at the same time cannot see half of it.
 * @throws EvolveError `missing-prerequisite` without Maven, `broker-unavailable` where Maven cannot fetch them.
 */
export async function resolveJars({ version, say, signal }: JarOptions): Promise<string> {
  const ready = fetchedJars(version)
  if (ready !== undefined) return ready

  const name = folderName(version)
  const maven = await findMaven()
  const cache = writableFolder(cacheFolders())
  const target = join(cache, name)
  const unfinished = mkdtempSync(join(cache, `.${name}-`))
  try {
    say(`fetching the jars of Kafka ${version} with Maven, once, into ${target}`)
    const args = [
      '-q',
      '-B',
      '-f',
      brokerFile('pom.xml'),
      `-Dkafka.version=${version}`,
      `-Dlibs=${unfinished}`,
      'dependency:copy-dependencies',
    ]
    const { ok, output, ending } = await runCommand(maven, args, { timeoutMs: 600_000, signal })
    if (!ok || !readdirSync(unfinished).some((file) => file.endsWith('.jar'))) {
      throw new EvolveError(
        'broker-unavailable',
        `Maven could not fetch the jars of Kafka ${version}: ${firstError(output) ?? `it said nothing, and ended with ${ending}`}`,
        {
          hint: 'check the network, or the proxy or mirror in ~/.m2/settings.xml',
        },
      )
    }
    // A temporary folder is its maker's alone; jars are anybody's.
    chmodSync(unfinished, 0o755)
    try {
      renameSync(unfinished, target)
    } catch (error) {
      // Somebody else was quicker: theirs is as good.
      if (!existsSync(target)) throw error
    }
    return target
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** The folder with the jars of a broker, where they have been fetched before. */
export function fetchedJars(version: string): string | undefined {
  return cacheFolders()
    .map((folder) => join(folder, folderName(version)))
    .find((folder) => existsSync(folder))
}

function folderName(version: string): string {
  return `kafka-${version}-${fingerprintOf(['pom.xml'])}`
}

/** Where jars are looked for, in this order: `KAFKA_EVOLVE_CACHE` and nowhere else, or beside this package, else in the user's cache. */
function cacheFolders(): string[] {
  const given = process.env['KAFKA_EVOLVE_CACHE']
  if (given !== undefined && given !== '') return [resolve(given)]
  const home = process.env['XDG_CACHE_HOME']
  return [join(packageFolder(), '.cache'), join(home === undefined || home === '' ? join(homedir(), '.cache') : home, 'kafka-evolve')]
}

function writableFolder(folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true })
      rmSync(mkdtempSync(join(folder, '.probe-')), { recursive: true })
      return folder
    } catch {
      // Not this one: an installed package may belong to somebody else.
    }
  }
  throw new EvolveError('missing-prerequisite', `no folder to keep the jars in: ${folders.join(' and ')} cannot be written`)
}

/** The first line Maven marks as an error, else its last words; `undefined` where it had none. */
function firstError(output: string): string | undefined {
  const line = output.split('\n').find((text) => text.startsWith('[ERROR]')) ?? output.slice(-300)
  return line.replace('[ERROR]', '').trim() || undefined
}
