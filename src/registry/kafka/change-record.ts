import type { StoreChange } from '../state/changes.ts'
import { normalSubject } from '../state/qualified-subject.ts'
import type { SchemaStore } from '../state/store.ts'
import type { SubjectVersion } from '../types.ts'
import { keyText, type RecordKey, type Stamp } from './keys.ts'

/** A record as it is sent. */
export interface OutgoingRecord {
  readonly key: string
  readonly value: string
}

/**
 * The one record that makes a change, in the layout of Confluent's registry where that has one. `store` is the state that the change was decided on. The texts
 * are in users' topics: what is written must be readable for ever.
 */
export function changeRecord(change: StoreChange, store: SchemaStore, stamp: Stamp): OutgoingRecord {
  const record = (key: Omit<RecordKey, keyof Stamp>, value: object): OutgoingRecord => ({
    key: keyText({ ...key, ...stamp }),
    value: JSON.stringify(value),
  })
  switch (change.type) {
    case 'version':
      return record(versionKey(change.entry), versionValue(change.entry, false))
    case 'delete': {
      const { subject, versions } = change
      const forgets = store.entries(subject).every(({ version }) => versions.includes(version)) ? { forgets: true } : {}
      const [only] = versions.length === 1 ? store.entries(subject).filter(({ version }) => versions.includes(version)) : []
      if (only !== undefined) return record(versionKey(only), { ...versionValue(only, true), ...forgets })
      return record({ keytype: 'DELETE_SUBJECT', subject }, { subject, version: Math.max(...versions), versions, ...forgets })
    }
    case 'purge': {
      const { subject, versions } = change
      const entries = store.entries(subject, true).filter(({ version }) => versions.includes(version))
      const keeps = store.settings.changes().filter((setting) => setting.subject === subject)
      return record(
        { keytype: 'PURGE', subject },
        {
          subject,
          versions,
          id: Math.max(...entries.map(({ id }) => id)),
          keeps: keeps.map(({ type }) => type),
          meanings: store.meaningsIn(subject, versions),
        },
      )
    }
    case 'reserve':
      return record({ keytype: 'RESERVE' }, { context: change.context, id: change.id })
    case 'config': {
      const { config } = change
      const subject = settingSubject(change.subject)
      if (config === undefined) return record({ keytype: 'CONFIG', subject }, { subject, deleted: true })
      const { compatibility, ...others } = config
      return record({ keytype: 'CONFIG', subject }, { subject, compatibilityLevel: compatibility, ...others })
    }
    default: {
      const { mode } = change
      const subject = settingSubject(change.subject)
      return record({ keytype: 'MODE', subject }, { subject, ...(mode === undefined ? { deleted: true } : { mode }) })
    }
  }
}

function settingSubject(subject: string | undefined): string | undefined {
  return subject === undefined ? undefined : normalSubject(subject)
}

function versionKey({ subject, version }: SubjectVersion): RecordKey {
  return { keytype: 'SCHEMA', subject, version }
}

function versionValue({ subject, version, id, format, text, references, metadata, ruleSet }: SubjectVersion, deleted: boolean): object {
  const schemaType = format === 'AVRO' ? {} : { schemaType: format }
  return { subject, version, id, ...schemaType, references, metadata, ruleSet, schema: text, deleted }
}
