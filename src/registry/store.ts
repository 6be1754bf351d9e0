import { EvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { checkId, checkSubject, checkVersion, maxId } from './checks.ts'
import type { CompatibilityLevel } from './compatibility/levels.ts'
import { registeredSchema, subjectVersion } from './entries.ts'
import { schemaKey } from './schema-key.ts'
import { RegistrySettings } from './settings/settings.ts'
import type { RegisteredSchema, SchemaUse, SubjectVersion } from './types.ts'

/** The state of a registry that keeps everything in memory: synchronous, append-only, knows nothing of where it is kept. */
export class SchemaStore {
  readonly #schemas = new Map<number, RegisteredSchema>()
  readonly #ids = new Map<string, number>()
  readonly #subjects = new Map<string, SubjectVersion[]>()
  readonly #lookups = new Map<string, Map<number, SubjectVersion>>()
  /** Levels and modes. */
  readonly settings: RegistrySettings
  #nextId: number

  /** `level` is in force where none is set. @throws EvolveError `invalid-options` when `firstId` is not an ID, or `level` not a level. */
  constructor(firstId: number, level: CompatibilityLevel = 'NONE') {
    checkId(firstId)
    this.settings = new RegistrySettings(level)
    this.#nextId = firstId
  }

  /** The version that holds this schema under the subject, if any. */
  find(subject: string, schema: SchemaText): SubjectVersion | undefined {
    const id = this.#ids.get(schemaKey(schema))
    return id === undefined ? undefined : this.#lookups.get(subject)?.get(id)
  }

  /** Whether the ID is in use. */
  has(id: number): boolean {
    return this.#schemas.has(id)
  }

  /**
   * The next version of the subject, with the ID that the schema has or would get. Changes nothing but the ID counter: an ID handed out
   * here is not handed out again, also when the version is never added.
   * @throws EvolveError `limit-exceeded` when no ID is left.
   */
  prepare(subject: string, schema: SchemaText): SubjectVersion {
    const version = this.versionCount(subject) + 1
    const known = this.#ids.get(schemaKey(schema))
    if (known !== undefined) return subjectVersion(subject, version, this.schemaById(known))
    if (this.#nextId > maxId) throw new EvolveError('limit-exceeded', 'no schema ID is left', { subject })
    const id = this.#nextId
    this.reserve(id)
    return subjectVersion(subject, version, registeredSchema(id, schema))
  }

  /**
   * The next version of the subject, with the ID that the schema has in another registry. Changes nothing.
   * @throws EvolveError `registry-rejected` when the ID means another schema here, or the schema has another ID.
   */
  prepareImport(subject: string, schema: SchemaText, id: number): SubjectVersion {
    checkId(id)
    const known = this.#ids.get(schemaKey(schema))
    if (known !== undefined ? known !== id : this.#schemas.has(id)) {
      const problem = known === undefined ? 'the ID means another schema here' : `the schema has the ID ${known} here`
      throw new EvolveError('registry-rejected', problem, { subject, schemaId: id, registryCode: 42205 })
    }
    return subjectVersion(subject, this.versionCount(subject) + 1, registeredSchema(id, schema))
  }

  /** Never hands out this ID. */
  reserve(id: number): void {
    this.#nextId = Math.max(this.#nextId, id + 1)
  }

  /** How many versions the subject has. */
  versionCount(subject: string): number {
    return this.#subjects.get(subject)?.length ?? 0
  }

  /** All versions of the subject, ascending; none where nothing is registered. */
  entries(subject: string): readonly SubjectVersion[] {
    return this.#subjects.get(subject) ?? []
  }

  /**
   * Adds what {@link SchemaStore.prepare} gave, or what was stored of it.
   * @throws EvolveError `registry-corrupt` when it contradicts what is there: one ID for two schemas, two IDs for one, a gap in the versions.
   */
  add(entry: SubjectVersion): void {
    const key = schemaKey(entry)
    const versions = this.#subjects.get(entry.subject) ?? []
    const known = this.#ids.get(key)
    const contradiction =
      known === undefined
        ? this.#schemas.has(entry.id) && 'the ID already means another schema'
        : known !== entry.id && `the same schema already has the ID ${known}`
    if (contradiction) throw new EvolveError('registry-corrupt', contradiction, { schemaId: entry.id, subject: entry.subject })
    if (entry.version !== versions.length + 1) {
      throw new EvolveError('registry-corrupt', `version ${entry.version} follows version ${versions.length}`, { subject: entry.subject })
    }
    if (known === undefined) {
      this.#ids.set(key, entry.id)
      this.#schemas.set(entry.id, registeredSchema(entry.id, entry))
      this.reserve(entry.id)
    }
    versions.push(entry)
    this.#subjects.set(entry.subject, versions)
    const byId = this.#lookups.get(entry.subject) ?? new Map<number, SubjectVersion>()
    byId.set(entry.id, entry)
    this.#lookups.set(entry.subject, byId)
  }

  /** See `Registry.schemaById`. */
  schemaById(id: number): RegisteredSchema {
    checkId(id)
    const schema = this.#schemas.get(id)
    if (schema === undefined) throw new EvolveError('schema-not-found', 'no schema has this ID', { schemaId: id })
    return schema
  }

  /** See `Registry.versions`. */
  versions(subject: string): readonly number[] {
    return Object.freeze(this.#versionsOf(subject).map(({ version }) => version))
  }

  /** See `Registry.version`. */
  version(subject: string, version: number): SubjectVersion {
    const versions = this.#versionsOf(subject)
    checkVersion(subject, version)
    const entry = versions[version - 1]
    if (entry === undefined)
      throw new EvolveError('version-not-found', `there is no version ${version}, the latest is ${versions.length}`, { subject })
    return entry
  }

  /** See `Registry.latest`. */
  latest(subject: string): SubjectVersion {
    return this.version(subject, this.#versionsOf(subject).length)
  }

  /** See `Registry.lookup`. */
  lookup(subject: string, schema: SchemaText): SubjectVersion {
    this.#versionsOf(subject)
    const entry = this.find(subject, schema)
    if (entry === undefined) throw new EvolveError('schema-not-in-subject', 'no version of the subject holds this schema', { subject })
    return entry
  }

  /** See `BrowsableRegistry.subjects`. */
  subjects(): readonly string[] {
    return Object.freeze([...this.#subjects.keys()].sort())
  }

  /** See `BrowsableRegistry.uses`. */
  uses(id: number): readonly SchemaUse[] {
    this.schemaById(id)
    const uses = [...this.#lookups.values()].map((byId) => byId.get(id)).filter((entry) => entry !== undefined)
    return Object.freeze(uses.map(({ subject, version }) => Object.freeze({ subject, version })))
  }

  #versionsOf(subject: string): readonly SubjectVersion[] {
    checkSubject(subject)
    const versions = this.#subjects.get(subject)
    if (versions === undefined) throw new EvolveError('subject-not-found', 'nothing is registered under the subject', { subject })
    return versions
  }
}
