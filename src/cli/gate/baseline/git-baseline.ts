import { posix } from 'node:path'
import { EvolveError } from '../../../errors.ts'
import { remember } from '../../../schema/remember.ts'
import { count } from '../../count-words.ts'
import { moduleEndings, schemaEndings } from '../files/find-files.ts'
import { type PastSchema, pastSchemas } from '../git/history.ts'
import { filesAt, type GitRevision, openRevision, readObjects } from '../git/repository.ts'
import { loadTexts } from '../load/load-texts.ts'
import type { Finding, GateSchema, Loaded, SourceText } from '../model.ts'
import type { Baseline, BaselineSubject, BaselineVersion } from './baseline.ts'

/** What the comparison with a revision needs to know. */
export interface GitBaselineOptions {
  readonly cwd: string
  readonly revision: string
  /** Whether a file, relative to `cwd`, is one of those that are checked. */
  isChecked(file: string): boolean
  /** Keys of the schemas that are here now. */
  readonly present: ReadonlySet<string>
  /** Files that are here and state no schema. */
  readonly broken: ReadonlySet<string>
  /** The subjects of a schema. */
  subjectsOf(schema: GateSchema): readonly string[]
  /** Only commits of the branch itself count, not those of branches that were merged into it. */
  readonly firstParent: boolean
}

/** A git revision: what the files say there is the latest version, what they said in the commits before are the earlier ones. */
export async function gitBaseline(options: GitBaselineOptions): Promise<Baseline> {
  const revision = await openRevision(options.cwd, options.revision)
  const blobs = await filesAt(revision)
  const here = new Map(
    Array.from(blobs.keys(), (path) => [posix.relative(revision.prefix, path), path] as const).filter(([file]) =>
      schemaEndings.some((ending) => file.endsWith(ending)),
    ),
  )
  const texts = await readObjects(
    revision.root,
    Array.from(here.values(), (path) => blobs.get(path) as string),
  )
  const sources = Array.from(here, ([file, path]): SourceText => ({ file, text: texts.get(blobs.get(path) as string) ?? '' }))
  const checked = sources.filter(({ file }) => options.isChecked(file))
  const all = new Map(sources.map((source) => [source.file, source.text]))
  const loaded = await loadTexts(checked, async (files) => onlyOf(all, files))
  const modules = Array.from(blobs.keys(), (path) => posix.relative(revision.prefix, path)).filter(
    (file) => isModule(file) && options.isChecked(file),
  )
  if (modules.length === 0) return new GitBaseline(options, revision, loaded)
  const { modulesAt } = await import('../git/past-modules.ts')
  const more = await modulesAt(revision, revision.commit, modules)
  const schemas = [...loaded.schemas, ...more.schemas]
  return new GitBaseline(options, revision, { ...loaded, schemas, faults: [...loaded.faults, ...more.faults] })
}

const isModule = (file: string): boolean => moduleEndings.some((ending) => file.endsWith(ending))

const onlyOf = (texts: ReadonlyMap<string, string>, files: readonly string[]): ReadonlyMap<string, string> =>
  new Map(files.flatMap((file) => (texts.has(file) ? [[file, texts.get(file) as string] as const] : [])))

class GitBaseline implements Baseline {
  readonly name: string
  readonly #options: GitBaselineOptions
  readonly #revision: GitRevision
  readonly #byKey: ReadonlyMap<string, GateSchema>
  readonly #bySubject = new Map<string, GateSchema[]>()
  readonly #found = new Set<GateSchema>()
  readonly #faults: readonly Finding[]
  readonly #remarks: Finding[] = []
  #past: Promise<ReadonlyMap<GateSchema, readonly PastSchema[]>> | undefined

  constructor(options: GitBaselineOptions, revision: GitRevision, { schemas, faults }: Loaded) {
    this.name = revision.name
    this.#options = options
    this.#revision = revision
    this.#faults = faults
    this.#byKey = new Map(schemas.map((schema) => [schema.key, schema]))
    for (const schema of schemas)
      for (const subject of options.subjectsOf(schema)) remember(this.#bySubject, subject, () => []).push(schema)
  }

  async find(subject: string, schema?: GateSchema): Promise<BaselineSubject> {
    const old = schema === undefined ? undefined : this.#counterpart(subject, schema)
    if (old === undefined) {
      const unreadable = this.#faults.find(({ place }) => place?.file === schema?.file)
      if (unreadable !== undefined)
        this.#remarks.push({
          rule: 'unreadable-version',
          severity: 'warning',
          subject,
          message: `${schema?.file} of ${this.name} is no schema, so it is not compared: ${unreadable.message}`,
        })
      return { level: undefined, versions: async () => [] }
    }
    this.#found.add(old)
    return { level: undefined, versions: async (all) => this.#versions(old, all) }
  }

  async knows(): Promise<boolean> {
    // What changes in a file that others use shows in each of them, at their levels.
    return false
  }

  remarks(): readonly Finding[] {
    const gone = [...this.#byKey.values()].filter(
      (old) => !this.#found.has(old) && !this.#options.present.has(old.key) && !this.#options.broken.has(old.file),
    )
    const deleted = gone.flatMap((schema) =>
      this.#options.subjectsOf(schema).map(
        (subject): Finding => ({
          rule: 'schema-deleted',
          severity: 'warning',
          subject,
          message: `${schema.key} is in ${this.name} and is gone here`,
          cure: `leave it while anybody reads or writes ${subject}: its versions stay in the registry, and no check looks at them any more`,
        }),
      ),
    )
    return [...this.#remarks, ...deleted]
  }

  async close(): Promise<void> {
    // Git's processes have ended.
  }

  /** The same file; or, where that is not there, one that had the subject or the type and is there no more: a file that was moved. */
  #counterpart(subject: string, schema: GateSchema): GateSchema | undefined {
    const same = this.#byKey.get(schema.key)
    if (same !== undefined) return same
    const all = [...this.#byKey.values()]
    const named = all.filter((old) => nameOf(old) !== undefined && nameOf(old) === nameOf(schema))
    const ofFile = all.filter(({ file }) => file === schema.file)
    const inFile =
      named.find(({ file }) => file === schema.file) ?? (schema.part === undefined && ofFile.length === 1 ? ofFile[0] : undefined)
    if (inFile !== undefined) return inFile
    return [...(this.#bySubject.get(subject) ?? []), ...named].find((old) => !this.#options.present.has(old.key))
  }

  async #versions(latest: GateSchema, all: boolean): Promise<readonly BaselineVersion[]> {
    const past = all ? await this.#earlier(latest) : []
    const earlier = past.map(({ text, label }) => ({ text, label, mayBeBroken: true }))
    const versions = [...earlier, { text: latest.text, label: this.name }]
    return versions.map((one, index) => ({ ...one, format: 'AVRO', referenced: [], version: index + 1 }))
  }

  /** Git is asked once, for all schemas together. */
  async #earlier(latest: GateSchema): Promise<readonly PastSchema[]> {
    if (this.#revision.isShallow) {
      throw new EvolveError(
        'invalid-options',
        'this clone is shallow: what stands before in the history, a TRANSITIVE level cannot be held against',
        {
          hint: 'fetch all of it (git fetch --unshallow; actions/checkout: fetch-depth: 0)',
        },
      )
    }
    if (isModule(latest.file)) return this.#earlierModule(latest)
    const texts = [...this.#byKey.values()].filter(({ file }) => !isModule(file))
    this.#past ??= pastSchemas(this.#revision, texts, this.#options.firstParent)
    return (await this.#past).get(latest) ?? []
  }

  async #earlierModule(latest: GateSchema): Promise<readonly PastSchema[]> {
    const { pastOfModule } = await import('../git/past-modules.ts')
    const { past, failures } = await pastOfModule(this.#revision, latest, this.#options.firstParent)
    if (failures.length > 0)
      this.#remarks.push({
        rule: 'unreadable-version',
        severity: 'warning',
        message: `${latest.file} as it was in ${count(failures.length, 'earlier commit')} cannot be run, so that is not compared (${failures[0]})`,
      })
    return past
  }
}

function nameOf({ schema }: GateSchema): string | undefined {
  return 'name' in schema ? schema.name : undefined
}
