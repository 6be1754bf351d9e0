import { EvolveError, isEvolveError } from '../../errors.ts'
import type { SettingChange } from '../settings/settings.ts'
import type { Meaning } from '../state/changes.ts'
import { normalSubject, splitSubject } from '../state/qualified-subject.ts'
import type { SchemaStore } from '../state/store.ts'
import type { SubjectVersion } from '../types.ts'
import { isStamped, type RecordKey, readKey } from './keys.ts'
import { readValue, type TopicRecord } from './read-value.ts'
import { RecordKeys } from './record-keys.ts'

/** A record of the topic. */
export interface RawRecord {
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** A record of the topic that was passed over. It stays there. */
export interface UnknownTopicRecord {
  readonly offset: number
  /** What its key says that it is; missing where the key is none of a registry's. */
  readonly keytype?: string
  readonly subject?: string
  /** The ID that it names: no new schema gets that one. */
  readonly id?: number
  /** Why it was passed over. */
  readonly problem: string
}

/**
 * The state that the records of a topic make, applied in their order. Which records count depends on nothing but what is in the topic, so that all nodes have the
 * same state; and not on what compaction has taken out of it. Nothing in a record makes it throw.
 */
export class Replay {
  readonly keys: RecordKeys = new RecordKeys()
  readonly #store: SchemaStore
  readonly #onUnknown: (record: UnknownTopicRecord) => void
  readonly #settings = new Map<string, SettingChange>()
  /** IDs that may be told of by nothing any more after a compaction, and those of records that stay for ever, by context. */
  readonly #fleeting = new Map<string, number>()
  readonly #pinned = new Map<string, number>()
  readonly #counted = { stamped: 0, late: 0, early: 0 }
  #position = 0

  constructor(store: SchemaStore, onUnknown: (record: UnknownTopicRecord) => void) {
    this.#store = store
    this.#onUnknown = onUnknown
  }

  /** The offset behind the last record. */
  get position(): number {
    return this.#position
  }

  /** Records with a stamp: those that count, those behind the offset they name, and those before it, which no writer has made. */
  get counted(): { readonly stamped: number; readonly late: number; readonly early: number } {
    return this.#counted
  }

  /** Nothing that counts is before this offset any more. */
  advance(position: number): void {
    this.#position = Math.max(this.#position, position)
  }

  /** The next record. */
  apply({ offset, key: bytes, value }: RawRecord): void {
    this.#position = offset + 1
    // Some brokers keep the place of a record that is gone.
    if (bytes === null && value === null) return
    const key = bytes === null ? undefined : readKey(bytes)
    if (key === undefined) return this.#tell({ offset, problem: 'its key is none of a registry' })
    const id = keyId(bytes)
    // Karapace writes no bytes where others write no value.
    if (value === null || value.length === 0) return this.#remove(key, id)
    if (key.seq !== undefined && key.seq !== offset) {
      this.#counted[key.seq < offset ? 'late' : 'early'] += 1
      return this.keys.spend(id)
    }
    if (key.seq !== undefined) this.#counted.stamped += 1
    this.#make(readValue(key, value), key, id, offset)
  }

  /** The highest ID of each context that only records tell of which compaction may take away. */
  unpinned(): ReadonlyMap<string, number> {
    const ids = new Map<string, number>()
    for (const [context, id] of this.#fleeting) if (id > this.#highestHeld(context)) ids.set(context, id)
    return ids
  }

  #make(record: TopicRecord, key: RecordKey, id: string, offset: number): void {
    try {
      switch (record.type) {
        case 'schema':
          return this.#put(record, key, id)
        case 'delete':
          return this.#delete(record, id)
        case 'purge':
          return this.#purgeAll(record)
        case 'reserve':
          return this.#pin(record.context, record.id)
        case 'setting':
          for (const name of record.strangers) this.#tell({ offset, ...named(key), problem: `a config has no member '${name}' here` })
          return this.#set(record.change, key, id)
        case 'clear':
          return this.#clear(record.subject)
        case 'nothing':
          return
        default:
          if (record.id !== undefined) this.#reserve(record.context, record.id)
          return this.#tell({ offset, ...named(key), ...(record.id === undefined ? {} : { id: record.id }), problem: record.problem })
      }
    } catch (error) {
      // The store refuses what contradicts it; nothing else is expected here, and nothing may stop the reading.
      const problem = isEvolveError(error) ? error.problem : String(error)
      this.#tell({ offset, ...named(key), ...(record.type === 'schema' ? { id: record.entry.id } : {}), problem })
    }
  }

  #put({ entry, deleted, forgets }: Extract<TopicRecord, { type: 'schema' }>, key: RecordKey, id: string): void {
    const { subject, version } = entry
    const there = this.#entry(subject, version)
    if (!this.#store.allows(entry.id, subject, entry)) {
      this.keys.add(rivals(entry), id)
      throw new EvolveError('registry-corrupt', 'the ID already means another schema')
    }
    // The same version again, deleted or restored, or written over; a record with a stamp does only the first.
    if (there !== undefined && there.id !== entry.id) this.#purge(subject, version)
    else if (there !== undefined && !deleted && this.#store.isDeleted(subject, version) === true) this.#drop(subject, [version])
    if (this.#store.isDeleted(subject, version) === undefined) {
      this.#store.apply({ type: 'version', entry, isNewSchema: !this.#store.has(entry.id, subject) })
    }
    this.keys.add(versionThing(subject, version), id)
    if (deleted && this.#store.isDeleted(subject, version) === false) this.#unlist(subject, [version])
    if (forgets && key.seq !== undefined) this.#forget(subject, [])
  }

  #delete({ subject, upTo, versions, forgets }: Extract<TopicRecord, { type: 'delete' }>, id: string): void {
    this.keys.add(deletionThing(subject), id)
    const listed = this.#store.entries(subject).map(({ version }) => version)
    this.#unlist(
      subject,
      listed.filter((version) => (versions === undefined ? version <= upTo : versions.includes(version))),
    )
    if (forgets) this.#forget(subject, [])
  }

  #purgeAll({ subject, versions, id, keeps, meanings }: Extract<TopicRecord, { type: 'purge' }>): void {
    for (const version of versions) {
      const held = this.#entry(subject, version)
      if (held === undefined) continue
      this.#purge(subject, version)
      if (!this.#store.has(held.id, subject)) this.keys.spendFirst(rivals(held))
      this.keys.spendAll(versionThing(subject, version))
    }
    if (this.#store.entries(subject, true).length === 0) this.keys.spendAll(deletionThing(subject))
    this.#forget(subject, keeps)
    this.#pin(splitSubject(subject).context, id, meanings)
  }

  #set(change: SettingChange, { seq }: RecordKey, id: string): void {
    const thing = settingThing(change.type, change.subject)
    this.#store.apply(change)
    this.#settings.set(thing, change)
    this.keys.add(thing, id)
    // Another registry's own spellings of one key are left to it: taking one away says that the thing is gone.
    if (seq !== undefined) this.keys.spendEarlier(thing)
  }

  #clear(subject: string): void {
    const { context, name } = splitSubject(subject)
    const cleared = name === '' ? this.#store.subjects({ prefix: `:${context}:`, deleted: true }) : [subject]
    for (const one of cleared) {
      for (const { version } of this.#store.entries(one, true)) if (this.#store.isDeleted(one, version) === true) this.#purge(one, version)
    }
  }

  /** A record without a value: those before it with the same key are gone, or will be. */
  #remove(key: RecordKey, id: string): void {
    const subject = key.subject === undefined ? undefined : normalSubject(key.subject)
    if (key.keytype === 'SCHEMA' && subject !== undefined && key.version !== undefined) {
      if (this.#takesAway(versionThing(subject, key.version), key, id)) this.#purge(subject, key.version)
    } else if (key.keytype === 'CONFIG' || key.keytype === 'MODE') {
      const type = key.keytype === 'CONFIG' ? 'config' : 'mode'
      const thing = settingThing(type, subject)
      if (!this.#takesAway(thing, key, id)) return
      this.#store.apply(takenBack(type, subject))
      this.#settings.delete(thing)
    } else {
      this.keys.gone(id, subject === undefined ? undefined : deletionThing(subject))
    }
  }

  /**
   * Whether a record without a value takes a thing away: one with a stamp, when it has the very key of the record that counts; one without, when that has no
   * stamp either. Other registries spell a key in more than one way, and mean one thing; what is left of the other spellings must not come back.
   */
  #takesAway(thing: string, { seq }: RecordKey, id: string): boolean {
    const current = this.keys.current(thing)
    this.keys.gone(id, thing)
    if (current === undefined || (seq === undefined ? isStamped(current) : current !== id)) return false
    this.keys.spendAll(thing)
    return true
  }

  #entry(subject: string, version: number): SubjectVersion | undefined {
    if (this.#store.isDeleted(subject, version) === undefined) return undefined
    return this.#store.entries(subject, true).find((entry) => entry.version === version)
  }

  /** A version is gone; nothing may be left in the topic that says that it was there. */
  #purge(subject: string, version: number): void {
    const { context } = splitSubject(subject)
    const id = this.#entry(subject, version)?.id
    if (this.#store.isDeleted(subject, version) === false) this.#unlist(subject, [version])
    this.#drop(subject, [version])
    if (id !== undefined) this.#fleeting.set(context, Math.max(id, this.#fleeting.get(context) ?? 0))
  }

  /** What its ID meant is remembered where a record says it that stays for ever: see {@link Replay.#purgeAll}. Else it would depend on what is compacted. */
  #drop(subject: string, versions: readonly number[]): void {
    this.#store.apply({ type: 'purge', subject, versions, isForgotten: true })
  }

  /**
   * What is set for a subject stays, whatever the store does with that when no version is listed: which versions are listed just then may depend on
   * what is compacted. So the records themselves say when it goes.
   */
  #unlist(subject: string, versions: readonly number[]): void {
    if (versions.length === 0) return
    this.#store.apply({ type: 'delete', subject, versions })
    for (const type of ['config', 'mode'] as const) {
      const change = this.#settings.get(settingThing(type, subject))
      if (change !== undefined) this.#store.apply(change)
    }
  }

  #forget(subject: string, keeps: readonly string[]): void {
    for (const type of ['config', 'mode'] as const) {
      const thing = settingThing(type, subject)
      if (keeps.includes(type) || this.keys.current(thing) === undefined) continue
      this.#store.apply(takenBack(type, subject))
      this.#settings.delete(thing)
      this.keys.spendAll(thing)
    }
  }

  #reserve(context: string, id: number): void {
    this.#store.apply({ type: 'reserve', context, id })
    this.#fleeting.set(context, Math.max(id, this.#fleeting.get(context) ?? 0))
  }

  #pin(context: string, id: number, meanings: readonly Meaning[] = []): void {
    this.#store.apply({ type: 'reserve', context, id, meanings })
    this.#pinned.set(context, Math.max(id, this.#pinned.get(context) ?? 0))
  }

  #highestHeld(context: string): number {
    let highest = this.#pinned.get(context) ?? -1
    for (const subject of this.#store.subjects({ prefix: `:${context}:`, deleted: true })) {
      for (const { id } of this.#store.entries(subject, true)) highest = Math.max(highest, id)
    }
    return highest
  }

  #tell(record: UnknownTopicRecord): void {
    try {
      this.#onUnknown(record)
    } catch {
      // A listener that fails must not stop the reading.
    }
  }
}

/** The bytes of a key, as a text of one character for each. */
export function keyId(bytes: Buffer | null): string {
  return bytes?.toString('latin1') ?? ''
}

function takenBack(type: SettingChange['type'], subject: string | undefined): SettingChange {
  return type === 'config' ? { type, subject, config: undefined } : { type, subject, mode: undefined }
}

function named({ keytype, subject }: RecordKey): { keytype: string; subject?: string } {
  return { keytype, ...(subject === undefined ? {} : { subject }) }
}

function versionThing(subject: string, version: number): string {
  return `version ${version} ${subject}`
}

function deletionThing(subject: string): string {
  return `deletion ${subject}`
}

function settingThing(type: SettingChange['type'], subject: string | undefined): string {
  return subject === undefined ? type : `${type} ${subject}`
}

/** Records that give the ID another meaning, which was there first. */
function rivals({ subject, id }: SubjectVersion): string {
  return `rivals ${id} ${splitSubject(subject).context}`
}
