import { posix } from 'node:path'
import { moduleEndings } from '../files/find-files.ts'
import type { GateSchema, Loaded, SourceText } from '../model.ts'
import { loadModules } from '../modules/load-modules.ts'
import { withCheckout } from './checkout.ts'
import type { PastSchema } from './history.ts'
import { changesUpTo, type GitRevision, readObjects } from './repository.ts'

/** Most commits of one module whose code is run. */
const maxCommits = 100

/** What modules stated in a commit: they are run, with the packages that are installed now. */
export async function modulesAt(revision: GitRevision, commit: string, files: readonly string[]): Promise<Loaded> {
  const names = files.map((file) => `${commit}:${posix.join(revision.prefix, file)}`)
  const texts = await readObjects(revision.root, names)
  const sources = files.flatMap((file, index): SourceText[] => {
    const text = texts.get(names[index] ?? '')
    return text === undefined ? [] : [{ file, text }]
  })
  if (sources.length === 0) return { schemas: [], faults: [], shared: new Set() }
  const loaded = await withCheckout(revision, commit, (folder) => loadModules(folder, sources))
  return { ...loaded, shared: new Set() }
}

/** What a module said before. */
export interface ModulePast {
  /** Every distinct text once, oldest first. */
  readonly past: readonly PastSchema[]
  /** Why it could not be run as it was, a reason for each commit in which it could not. */
  readonly failures: readonly string[]
}

/** What a module's schema said in the commits before that changed the module; in the newest 100 of them. */
export async function pastOfModule(revision: GitRevision, schema: GateSchema, firstParent: boolean): Promise<ModulePast> {
  const path = posix.join(revision.prefix, schema.file)
  const changes = (await changesUpTo(revision, moduleEndings, firstParent)).filter((change) => change.path === path)
  const commits = new Map(changes.map(({ commit, date }) => [commit, date] as const))
  const past = new Map<string, PastSchema>()
  const failures: string[] = []
  for (const [commit, date] of [...commits].slice(0, maxCommits).reverse()) {
    const { schemas, faults } = await modulesAt(revision, commit, [schema.file])
    failures.push(...faults.map(({ message }) => `${commit.slice(0, 9)}: ${message}`))
    const found = schemas.length === 1 ? schemas[0] : schemas.find(({ part }) => part === schema.part)
    if (found === undefined || found.text === schema.text || past.has(found.text)) continue
    past.set(found.text, { text: found.text, label: `${commit.slice(0, 9)} (${date})` })
  }
  return { past: [...past.values()], failures }
}
