import { EvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { checkId, checkSubject, checkVersion } from '../checks.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import { meaningKey, schemaKey } from '../schema-key.ts'
import { RegistrySettings } from '../settings/settings.ts'
import type {
  ContextId,
  DeletedOptions,
  IdOptions,
  RegisteredSchema,
  SchemaUse,
  SubjectOptions,
  SubjectVersion,
  UseOptions,
} from '../types.ts'
import type { Meaning, StoreChange } from './changes.ts'
import { ContextSchemas } from './context.ts'
import type { HeldVersion } from './held-version.ts'
import { defaultContext, normalSubject, qualify, splitSubject } from './qualified-subject.ts'
import { HeldReferences } from './references-held.ts'
import { shortHistory } from './short-history.ts'
import { HeldSubjects, isListed } from './subjects-held.ts'

/**
 * The state of a registry that keeps everything in memory: synchronous, changed by {@link SchemaStore.apply} and
 * {@link SchemaStore.reserve} alone, knows nothing of where it is kept.
 */
export class SchemaStore {
  readonly #contexts = new Map<string, ContextSchemas>()
  readonly #subjects = new HeldSubjects()
  readonly #references = new HeldReferences()
  readonly #firstId: number
  /** Levels and modes. */
  readonly settings: RegistrySettings

  /** `level` is in force where none is set. @throws EvolveError `invalid-options` when `firstId` is not an ID, or `level` not a level. */
  constructor(firstId: number, level: CompatibilityLevel = 'NONE') {
    checkId(firstId)
    this.#firstId = firstId
    this.settings = new RegistrySettings(level)
  }

  /** How many schemas, subjects and versions it holds, deleted ones included. */
  get size(): { readonly schemas: number; readonly subjects: number; readonly versions: number } {
    let schemas = 0
    for (const context of this.#contexts.values()) schemas += context.size
    return { schemas, ...this.#subjects.size }
  }

  /** The newest version that holds this schema under the subject, if any; of those that are listed, unless `deleted`. */
  find(subject: string, schema: SchemaText, deleted = false): SubjectVersion | undefined {
    const held = this.#subjects.of(subject)
    if (held.length === 0) return undefined
    const key = schemaKey(schema)
    const context = this.#contextOf(subject)
    return held.findLast((one) => (deleted || !one.deleted) && context.keyOf(one.id) === key)?.entry
  }

  /** Whether the ID is in use in the context of the subject. */
  has(id: number, subject = ''): boolean {
    return this.#contextOf(subject).has(id)
  }

  /** The key of the schema under the ID in the context of the subject. */
  keyOf(id: number, subject: string): string | undefined {
    return this.#contextOf(subject).keyOf(id)
  }

  /** The subject in its normal spelling: where it holds versions already, the very text that they have, so that there is one in memory and not one for each. */
  nameOf(subject: string): string {
    return this.#subjects.of(subject)[0]?.subject ?? normalSubject(subject)
  }

  /** Whether this ID may mean this schema in the context of the subject: it means it already, or has before it was purged, or means nothing that is known. */
  allows(id: number, subject: string, schema: SchemaText): boolean {
    return this.#contextOf(subject).allows(
      id,
      () => schemaKey(schema),
      () => meaningKey(schema),
    )
  }

  /** The number that the next version of the subject gets: one more than the highest, deleted ones included. */
  nextVersion(subject: string): number {
    return (this.#subjects.of(subject).at(-1)?.version ?? 0) + 1
  }

  /**
   * The next version of the subject, with the ID that the schema has or would get. Changes nothing.
   * @throws EvolveError `limit-exceeded` when no ID is left.
   */
  prepare(subject: string, schema: SchemaText): SubjectVersion {
    const context = this.#contextOf(subject)
    const known = context.idOf(schemaKey(schema))
    const registered = known === undefined ? undefined : context.get(known)
    return subjectVersion(normalSubject(subject), this.nextVersion(subject), registered ?? registeredSchema(context.nextId(), schema))
  }

  /** Gives out no ID up to this one in the context. */
  reserve(id: number, context: string = defaultContext): void {
    this.#inContext(context).reserve(id)
  }

  /** The highest ID in each context that no new schema gets. */
  reserved(): ReadonlyMap<string, number> {
    return new Map([...this.#contexts].map(([context, schemas]) => [context, schemas.reserved]))
  }

  /** How many listed versions the subject has; of a context (`:.context:`), how many there are in all of it. */
  versionCount(subject: string): number {
    const { context, name } = splitSubject(subject)
    return name === '' ? this.#subjects.listedIn(context) : this.entries(subject).length
  }

  /** The versions of the subject, ascending; none where nothing is registered. */
  entries(subject: string, deleted = false): readonly SubjectVersion[] {
    return this.#subjects
      .of(subject)
      .filter((one) => deleted || !one.deleted)
      .map(({ entry }) => entry)
  }

  /** The newest version that is listed, if any. */
  newest(subject: string): SubjectVersion | undefined {
    return this.#subjects.of(subject).findLast(isListed)?.entry
  }

  /** The newest versions of the subject, the newest first: at most so many. */
  newestVersions(subject: string, most: number, deleted = false): readonly SubjectVersion[] {
    const versions = this.#subjects.of(subject).filter((one) => deleted || !one.deleted)
    return versions
      .slice(-most)
      .reverse()
      .map(({ entry }) => entry)
  }

  /** Whether the version is there, deleted or not: `undefined` when it is not. */
  isDeleted(subject: string, version: number): boolean | undefined {
    return this.#subjects.of(subject).find((one) => one.version === version)?.deleted
  }

  /**
   * Makes a change: all of it, or none.
   * @throws EvolveError `registry-corrupt` when it contradicts what is there: an ID for two schemas, a version twice, a version purged that is not deleted.
   */
  apply(change: StoreChange): void {
    switch (change.type) {
      case 'version':
        this.#add(change.entry, change)
        break
      case 'delete':
        this.#delete(change.subject, change.versions)
        break
      case 'purge':
        this.#purge(change.subject, change.versions, change.isForgotten !== true)
        break
      case 'reserve':
        this.reserve(change.id, change.context)
        for (const meaning of change.meanings ?? []) this.#inContext(change.context).remember(meaning)
        break
      default:
        this.settings.apply(change)
    }
  }

  /**
   * Tries versions out: what the action adds is there while it runs, so that it can decide on what comes next, and is gone when this returns. Nobody sees it
   * meanwhile, as nothing here waits.
   */
  preview<T>(action: (add: (entry: SubjectVersion) => void) => T): T {
    const added: (() => void)[] = []
    try {
      return action((entry) => void added.push(this.#addForNow(entry)))
    } finally {
      for (const takeBack of added.reverse()) takeBack()
    }
  }

  /** What the IDs mean that mean nothing any more when these versions are purged. */
  meaningsIn(subject: string, versions: readonly number[]): readonly Meaning[] {
    const context = this.#contextOf(subject)
    const gone = this.#subjects.of(subject).filter(({ version }) => versions.includes(version))
    const ids = new Set(gone.map(({ id }) => id).filter((id) => context.uses(id).every((use) => gone.includes(use))))
    return [...ids].map((id) => context.meaningOf(id)).filter((meaning) => meaning !== undefined)
  }

  /** A short history that leads to this state: what a long one may be replaced by. The store must not change while it is read. */
  history(): Generator<StoreChange, void, undefined> {
    return shortHistory(this.#contexts, this.#subjects, this.settings, this.#firstId)
  }

  /** See `Registry.schemaById`. */
  schemaById(id: number, { subject }: IdOptions = {}): RegisteredSchema {
    checkId(id)
    const schema = this.#contextsFor(id, subject)?.get(id)
    if (schema === undefined) throw new EvolveError('schema-not-found', 'no schema has this ID', { schemaId: id })
    return schema
  }

  /** See `Registry.versions`. */
  versions(subject: string, options?: DeletedOptions): readonly number[] {
    return Object.freeze(this.#asked(subject, options).map((one) => one.version))
  }

  /** See `Registry.version`. */
  version(subject: string, version: number, options?: DeletedOptions): SubjectVersion {
    const versions = this.#asked(subject, options)
    checkVersion(subject, version)
    const found = versions.find((one) => one.version === version)
    if (found !== undefined) return found.entry
    const latest = versions.at(-1)?.version
    throw new EvolveError('version-not-found', `there is no version ${version}, the latest is ${latest}`, { subject })
  }

  /** See `Registry.latest`. */
  latest(subject: string): SubjectVersion {
    return this.version(subject, this.#asked(subject).at(-1)?.version ?? 0)
  }

  /** See `Registry.lookup`. */
  lookup(subject: string, schema: SchemaText, { deleted = false }: DeletedOptions = {}): SubjectVersion {
    this.#asked(subject, { deleted })
    const entry = this.find(subject, schema, deleted)
    if (entry === undefined) throw new EvolveError('schema-not-in-subject', 'no version of the subject holds this schema', { subject })
    return entry
  }

  /** See `BrowsableRegistry.subjects`. */
  subjects(options: SubjectOptions = {}): readonly string[] {
    return this.#subjects.names(options)
  }

  /** See `BrowsableRegistry.uses`. */
  uses(id: number, { subject, deleted = false }: UseOptions = {}): readonly SchemaUse[] {
    this.schemaById(id, { subject })
    const held = this.#contextsFor(id, subject)?.uses(id) ?? []
    const uses = held.filter((one) => deleted || !one.deleted)
    return Object.freeze(uses.map(({ subject: holder, version }) => Object.freeze({ subject: holder, version })))
  }

  /** See `BrowsableRegistry.idsByGuid`. */
  idsByGuid(guid: string): readonly ContextId[] {
    const asked = guid.toLowerCase()
    const found = [...this.#contexts].flatMap(([context, schemas]) => {
      const id = schemas.idOfGuid(asked)
      return id === undefined ? [] : [Object.freeze({ context, id })]
    })
    return Object.freeze(found.sort((a, b) => (a.context < b.context ? -1 : 1)))
  }

  /** See `BrowsableRegistry.contexts`. */
  contexts(): readonly string[] {
    const used = new Set([defaultContext, ...[...this.#subjects.all()].map(([subject]) => splitSubject(subject).context)])
    return Object.freeze([...used].sort())
  }

  /** The versions that refer to this one; those that are not listed as well where `deleted`. */
  referring(subject: string, version: number, deleted = false): readonly SubjectVersion[] {
    const referring = this.#references.to(normalSubject(subject), version)
    return referring.filter((one) => deleted || !one.deleted).map(({ entry }) => entry)
  }

  #add(entry: SubjectVersion, known: Pick<Extract<StoreChange, { type: 'version' }>, 'key' | 'meaning'> = {}): void {
    const key = (): string => known.key ?? known.meaning ?? schemaKey(entry)
    const meaning = (): string => known.meaning ?? meaningKey(entry)
    if (!this.#contextOf(entry.subject).allows(entry.id, key, meaning)) {
      const details = { schemaId: entry.id, subject: entry.subject }
      throw new EvolveError('registry-corrupt', 'the ID already means another schema', details)
    }
    const version = this.#subjects.add(entry)
    this.#inContext(splitSubject(entry.subject).context).use(version, key, known.meaning)
    this.#references.add(version)
  }

  /** Gives what takes the version back, as long as nothing else was changed since. */
  #addForNow(entry: SubjectVersion): () => void {
    const { context } = splitSubject(entry.subject)
    const isNewContext = !this.#contexts.has(context)
    const schemas = this.#inContext(context)
    const { reserved } = schemas
    this.#add(entry)
    return () => {
      this.#remove(entry.subject, this.#subjects.chosen(entry.subject, [entry.version]), false)
      schemas.reserveOnly(reserved)
      if (isNewContext) this.#contexts.delete(context)
    }
  }

  #delete(subject: string, versions: readonly number[]): void {
    const chosen = this.#subjects.chosen(subject, versions)
    for (const version of chosen) version.deleted = true
    // What was set for a subject goes with the last version that it lists, as with Confluent's registry.
    if (!this.#subjects.of(subject).some(isListed)) this.settings.forget(normalSubject(subject))
  }

  #purge(subject: string, versions: readonly number[], isRemembered: boolean): void {
    const chosen = this.#subjects.chosen(subject, versions)
    const listed = chosen.find(isListed)
    if (listed !== undefined) {
      throw new EvolveError('registry-corrupt', `version ${listed.version} is not deleted, and cannot be purged`, { subject })
    }
    this.#remove(subject, chosen, isRemembered)
  }

  #remove(subject: string, chosen: readonly HeldVersion[], isRemembered: boolean): void {
    const context = this.#contextOf(subject)
    for (const version of chosen) {
      context.drop(version, isRemembered)
      this.#references.remove(version)
    }
    this.#subjects.remove(subject, chosen)
  }

  /** The versions of the subject that were asked for: at least one. */
  #asked(subject: string, { deleted = false, deletedOnly = false }: DeletedOptions = {}): readonly HeldVersion[] {
    checkSubject(subject)
    const asked = this.#subjects.of(subject).filter((one) => (deletedOnly ? one.deleted : deleted || !one.deleted))
    if (asked.length === 0) throw new EvolveError('subject-not-found', 'nothing is registered under the subject', { subject })
    return asked
  }

  #contextOf(subject: string): ContextSchemas {
    return this.#contexts.get(splitSubject(subject).context) ?? new ContextSchemas(this.#firstId)
  }

  #inContext(context: string): ContextSchemas {
    const known = this.#contexts.get(context) ?? new ContextSchemas(this.#firstId)
    this.#contexts.set(context, known)
    return known
  }

  /**
   * Where an ID is looked for: in the context that the subject names; where it names none, in the one in which it holds that ID, the default context
   * first. An ID means something else in each of them, so that the subject decides.
   */
  #contextsFor(id: number, subject = ''): ContextSchemas | undefined {
    const { context, name } = splitSubject(subject)
    const own = this.#contexts.get(context)
    if (context !== defaultContext || name === '' || this.#holds(subject, id)) return own
    const holding = [...this.#contexts].find(([other]) => this.#holds(qualify({ context: other, name }), id))
    return holding?.[1] ?? own
  }

  #holds(subject: string, id: number): boolean {
    return this.#subjects.of(subject).some((one) => one.id === id)
  }
}
