import { BoundedMap } from '../../schema/bounded-map.ts'
import { withoutSubject } from '../entries.ts'
import { contextOf, defaultContext, splitSubject } from '../state/qualified-subject.ts'
import type { RegisteredSchema, SubjectVersion } from '../types.ts'

/** What never changes: a schema under its ID, a version of a subject, the version that holds a schema. */
export class Remembered {
  /** Of the default context, where nearly all are. */
  readonly #schemas: BoundedMap<number, RegisteredSchema>
  readonly #elsewhere: BoundedMap<string, RegisteredSchema>
  readonly #versions: BoundedMap<string, SubjectVersion>
  readonly #lookups: BoundedMap<string, SubjectVersion>

  constructor(limit: number) {
    this.#schemas = new BoundedMap(limit)
    this.#elsewhere = new BoundedMap(limit)
    this.#versions = new BoundedMap(limit)
    this.#lookups = new BoundedMap(limit)
  }

  get sizes(): { readonly schemas: number; readonly versions: number; readonly lookups: number } {
    return { schemas: this.#schemas.size + this.#elsewhere.size, versions: this.#versions.size, lookups: this.#lookups.size }
  }

  /** The schema that the ID means where `subject` says; see `IdOptions`. */
  schema(id: number, subject?: string): RegisteredSchema | undefined {
    return subject === undefined ? this.#schemas.get(id) : this.#elsewhere.get(place(id, subject))
  }

  /** Whoever asks for an ID is given the same object as long as it is remembered. */
  keepSchema(schema: RegisteredSchema, subject?: string): RegisteredSchema {
    const known = this.schema(schema.id, subject)
    if (known !== undefined) return known
    if (subject === undefined) this.#schemas.set(schema.id, schema)
    else this.#elsewhere.set(place(schema.id, subject), schema)
    return schema
  }

  /** `deleted`: found only by those who ask for deleted ones, too. */
  version(subject: string, version: number, deleted: boolean): SubjectVersion | undefined {
    const listed = this.#versions.get(JSON.stringify([subject, version]))
    return listed ?? (deleted ? this.#versions.get(JSON.stringify([subject, version, 'deleted'])) : undefined)
  }

  keepVersion(version: SubjectVersion, deleted = false): SubjectVersion {
    const { context } = splitSubject(version.subject)
    this.keepSchema(withoutSubject(version), context === defaultContext ? undefined : contextOf(version.subject))
    const known = this.version(version.subject, version.version, deleted)
    if (known !== undefined) return known
    this.#versions.set(JSON.stringify([version.subject, version.version, ...(deleted ? ['deleted'] : [])]), version)
    return version
  }

  lookup(key: string): SubjectVersion | undefined {
    return this.#lookups.get(key)
  }

  keepLookup(key: string, version: SubjectVersion): void {
    this.#lookups.set(key, version)
  }

  /** Forgets the versions of a subject. */
  forgetSubject(subject: string): void {
    this.#versions.deleteWhere((version) => version.subject === subject)
    this.#lookups.deleteWhere((version) => version.subject === subject)
  }

  /** Forgets the versions of all subjects. */
  forgetSubjects(): void {
    this.#versions.clear()
    this.#lookups.clear()
  }

  /** Forgets what all IDs mean. */
  forgetSchemas(): void {
    this.#schemas.clear()
    this.#elsewhere.clear()
  }
}

/** A context is one place for all of its subjects. A subject without one is a place of its own: registries look for it in several. */
function place(id: number, subject: string): string {
  return `${id} ${splitSubject(subject).context === defaultContext ? subject : contextOf(subject)}`
}
