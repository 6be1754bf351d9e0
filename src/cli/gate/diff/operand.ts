import { stat } from 'node:fs/promises'
import { posix, relative, resolve, sep } from 'node:path'
import { parseSchema } from '../../../schema/parse.ts'
import type { Schema } from '../../../schema/types.ts'
import type { Connection } from '../../connection/open.ts'
import { usageError } from '../../usage.ts'
import type { Baseline } from '../baseline/baseline.ts'
import { lockBaseline } from '../baseline/lock-baseline.ts'
import { registryBaseline } from '../baseline/registry-baseline.ts'
import { findFiles, moduleEndings, schemaEndings } from '../files/find-files.ts'
import { filesAt, openRevision, readObjects } from '../git/repository.ts'
import { loadFiles } from '../load/load-files.ts'
import { loadTexts } from '../load/load-texts.ts'
import type { GateSchema, Loaded } from '../model.ts'
import { findProject } from '../project.ts'

/** One side of a comparison. */
export interface Operand {
  /** What was asked for. */
  readonly name: string
  readonly schema: Schema
}

/** How to get at what the words of a command line mean. */
export interface OperandWorld {
  readonly cwd: string
  /** Opens the registry of the options, if they name one. */
  readonly connect: (() => Promise<Connection>) | undefined
}

/** The lock file that is read where neither a registry nor a lock file is named. */
const lockName = 'schemas.lock'

/**
 * The schema that a word means: a file (`orders.avsc`, `orders.avdl#shop.Order`), a file in a revision (`git:main:orders.avsc`), a version in a lock file
 * (`lock:schemas.lock:orders-value@3`), or a version of a registry or else of `schemas.lock` (`orders-value@3`, `orders-value@latest`).
 * @throws EvolveError `invalid-options` for what is not there, `invalid-schema` for what is no schema.
 */
export async function readOperand(word: string, world: OperandWorld): Promise<Operand> {
  const [, revision, path] = /^git:([^:]+):(.+)$/.exec(word) ?? []
  if (revision !== undefined && path !== undefined) return { name: word, schema: await schemaAt(world.cwd, revision, path) }
  const [, lock, locked] = /^lock:(.+):([^:]+@[^@:]+)$/.exec(word) ?? []
  if (lock !== undefined && locked !== undefined)
    return { name: word, schema: await versionIn(await lockBaseline(world.cwd, lock), locked) }
  const [file = word, part] = word.split('#', 2)
  const found = await stat(resolve(world.cwd, file)).catch(() => undefined)
  if (found?.isFile() === true) return { name: word, schema: await schemaOf(world.cwd, tidy(world.cwd, file), part) }
  if (!/.@[^@]+$/.test(word))
    throw usageError(`there is no file ${file}`, 'a version of a registry or a lock file is written orders-value@3')
  if (world.connect !== undefined) return { name: word, schema: await versionIn(registryBaseline(await world.connect()), word) }
  const hasLock = (await stat(resolve(world.cwd, lockName)).catch(() => undefined)) !== undefined
  if (!hasLock)
    throw usageError(`${word} is a version of a registry, and none is named`, 'give --registry URL, or lock:FILE:SUBJECT@VERSION')
  return { name: word, schema: await versionIn(await lockBaseline(world.cwd, lockName), word) }
}

function tidy(cwd: string, file: string): string {
  return relative(cwd, resolve(cwd, file)).split(sep).join('/')
}

async function versionIn(baseline: Baseline, word: string): Promise<Schema> {
  try {
    const at = word.lastIndexOf('@')
    const [subject, version] = [word.slice(0, at), word.slice(at + 1)]
    const versions = await (await baseline.find(subject)).versions(true)
    const found = version === 'latest' ? versions.at(-1) : versions.find((one) => String(one.version) === version)
    if (found !== undefined) return parseSchema(found.text, { references: found.referenced, invalidDefaults: 'drop', invalidNames: 'keep' })
    const hint = versions.length === 0 ? `it has no subject ${subject}` : `it has ${versions.map((one) => one.version).join(', ')}`
    throw usageError(`${baseline.name} has no version ${version} of ${subject}`, hint)
  } finally {
    await baseline.close()
  }
}

/** Alone if it can be, else with all schema files around. */
async function schemaOf(cwd: string, file: string, part: string | undefined): Promise<Schema> {
  const project = findProject(cwd)
  const alone = await loadFiles(cwd, project, await findFiles(cwd, [file]))
  const isAlone = alone.faults.length === 0 || moduleEndings.some((ending) => file.endsWith(ending))
  return pick(isAlone ? alone : await loadFiles(cwd, project, await findFiles(cwd, ['.', file])), file, part)
}

async function schemaAt(cwd: string, name: string, word: string): Promise<Schema> {
  const [path = word, part] = word.split('#', 2)
  const file = tidy(cwd, path)
  const revision = await openRevision(cwd, name)
  if (moduleEndings.some((ending) => file.endsWith(ending))) {
    const { modulesAt } = await import('../git/past-modules.ts')
    return pick(await modulesAt(revision, revision.commit, [file]), file, part)
  }
  const blobs = await filesAt(revision)
  if (!blobs.has(posix.join(revision.prefix, file))) throw usageError(`${name} has no file ${path}`)
  const paths = [...blobs].filter(([one]) => schemaEndings.some((ending) => one.endsWith(ending)))
  const objects = await readObjects(
    revision.root,
    paths.map(([, blob]) => blob),
  )
  const texts = paths.map(([one, blob]) => ({ file: posix.relative(revision.prefix, one), text: objects.get(blob) ?? '' }))
  const all = new Map(texts.map((one) => [one.file, one.text]))
  const loaded = await loadTexts(texts, async (files) => new Map(files.flatMap((one) => (all.has(one) ? [[one, all.get(one) ?? '']] : []))))
  return pick(loaded, file, part)
}

function pick({ schemas, faults }: Loaded, file: string, part: string | undefined): Schema {
  const fault = faults.find(({ place }) => place?.file === file)
  if (fault !== undefined) throw usageError(`${file}:${fault.place?.line}:${fault.place?.column}: ${fault.message}`, fault.cure)
  const ofFile = schemas.filter((schema) => schema.file === file)
  const found = part === undefined ? ofFile : ofFile.filter((schema) => schema.part === part || nameOf(schema) === part)
  const [only] = found
  if (only !== undefined && found.length === 1) return only.schema
  const names = ofFile.map((schema) => `#${schema.part ?? nameOf(schema) ?? ''}`).join(', ')
  throw usageError(part === undefined ? `${file} states ${ofFile.length} schemas` : `${file} states no ${part}`, `say which: ${names}`)
}

function nameOf({ schema }: GateSchema): string | undefined {
  return 'name' in schema ? schema.name : undefined
}
