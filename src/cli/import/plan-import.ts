import { schemaKey } from '../../registry/schema-key.ts'
import { configMembers, type RegistryConfig } from '../../registry/settings/config.ts'
import type { RegistryMode } from '../../registry/settings/mode.ts'
import { contextOf, referredSubject } from '../../registry/state/qualified-subject.ts'
import type { SubjectVersion } from '../../registry/types.ts'
import type { Snapshot, SnapshotEntry } from './snapshot.ts'

/** One thing to do at the target. */
export type ImportStep =
  | { readonly kind: 'version'; readonly entry: SubjectVersion }
  | { readonly kind: 'delete'; readonly subject: string; readonly version: number }
  | { readonly kind: 'config'; readonly subject: string | undefined; readonly config: RegistryConfig }
  | { readonly kind: 'mode'; readonly subject: string; readonly mode: RegistryMode }

/** What is to be done to make one registry hold what another holds. */
export interface ImportPlan {
  /** In the order in which they can be done. */
  readonly steps: readonly ImportStep[]
  /** Versions that are there already. */
  readonly already: number
  /** Why it cannot be done: an ID or a version that means something else there. */
  readonly conflicts: readonly string[]
  /** What is to be known, and stops nothing. */
  readonly notes: readonly string[]
}

/** Compares two registries. Pure. */
export function planImport(source: Snapshot, target: Snapshot): ImportPlan {
  const there = new Map(target.entries.map((held) => [keyOf(held.entry), held]))
  const meanings = meaningsOf(target.entries)
  const conflicts: string[] = []
  const notes: string[] = []
  const steps: ImportStep[] = []
  const late: ImportStep[] = []
  let already = 0
  const needed = neededBy(source.entries)
  for (const { entry, deleted } of inOrder(source.entries)) {
    const held = there.get(keyOf(entry))
    const removal: ImportStep = { kind: 'delete', subject: entry.subject, version: entry.version }
    if (held === undefined) {
      const conflict = idConflict(entry, meanings)
      if (conflict !== undefined) conflicts.push(conflict)
      steps.push({ kind: 'version', entry })
      // At once, as the same schema may come again as a later version; unless another schema still has to refer to it.
      if (deleted) (needed.has(keyOf(entry)) ? late : steps).push(removal)
      continue
    }
    const conflict = versionConflict(entry, held.entry)
    if (conflict !== undefined) {
      conflicts.push(conflict)
      continue
    }
    already += 1
    if (deleted && !held.deleted) late.push(removal)
    if (!deleted && held.deleted) notes.push(`version ${entry.version} of ${entry.subject} was deleted at the target`)
  }
  notes.push(...strangers(source, target))
  return { steps: [...steps, ...late.reverse(), ...settingSteps(source, target)], already, conflicts, notes }
}

const keyOf = ({ subject, version }: { readonly subject: string; readonly version: number }): string => JSON.stringify([subject, version])
const idKey = ({ subject, id }: SubjectVersion): string => JSON.stringify([contextOf(subject), id])

/** By context and ID what the ID means. */
function meaningsOf(entries: readonly SnapshotEntry[]): ReadonlyMap<string, string> {
  return new Map(entries.map(({ entry }) => [idKey(entry), schemaKey(entry)]))
}

function idConflict(entry: SubjectVersion, meanings: ReadonlyMap<string, string>): string | undefined {
  const meaning = meanings.get(idKey(entry))
  if (meaning === undefined || meaning === schemaKey(entry)) return undefined
  return `ID ${entry.id} (version ${entry.version} of ${entry.subject}) means another schema at the target`
}

function versionConflict(entry: SubjectVersion, held: SubjectVersion): string | undefined {
  const place = `version ${entry.version} of ${entry.subject}`
  if (schemaKey(entry) !== schemaKey(held)) return `${place} is another schema at the target`
  return entry.id === held.id ? undefined : `${place} has ID ${entry.id}, and ID ${held.id} at the target`
}

/** Versions that others refer to. */
function neededBy(entries: readonly SnapshotEntry[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ entry }) => referencesOf(entry)))
}

function referencesOf({ subject, references = [] }: SubjectVersion): string[] {
  return references.map((reference) => keyOf({ subject: referredSubject(subject, reference.subject), version: reference.version }))
}

/** What others refer to first, else by ID and version. A circle, which no registry takes, ends where it began. */
function inOrder(entries: readonly SnapshotEntry[]): readonly SnapshotEntry[] {
  const sorted = entries.toSorted(({ entry: a }, { entry: b }) => a.id - b.id || a.version - b.version || (a.subject < b.subject ? -1 : 1))
  const byKey = new Map(sorted.map((one) => [keyOf(one.entry), one]))
  const done = new Set<SnapshotEntry>()
  const open: { readonly one: SnapshotEntry; readonly needs: string[] }[] = []
  for (const first of sorted) {
    if (!done.has(first)) open.push({ one: first, needs: referencesOf(first.entry) })
    // A stack of its own: references may be deep.
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const next = byKey.get(top.needs.pop() ?? '')
      const isOpen = next !== undefined && (done.has(next) || open.some(({ one }) => one === next))
      if (next !== undefined && !isOpen) open.push({ one: next, needs: referencesOf(next.entry) })
      else if (next === undefined && top.needs.length === 0) {
        done.add(top.one)
        open.pop()
      }
    }
  }
  return [...done]
}

/** What the target has and the source has not. */
function strangers(source: Snapshot, target: Snapshot): string[] {
  const known = new Set(source.entries.map(({ entry }) => keyOf(entry)))
  const others = target.entries.filter(({ entry }) => !known.has(keyOf(entry)))
  if (others.length === 0) return []
  const [first] = others
  return [
    `the target has ${others.length} versions that the source has not, such as version ${first?.entry.version} of ${first?.entry.subject}`,
  ]
}

function settingSteps(source: Snapshot, target: Snapshot): ImportStep[] {
  const steps: ImportStep[] = []
  for (const [subject, config] of source.configs)
    if (textOf(config) !== textOf(target.configs.get(subject) ?? {})) steps.push({ kind: 'config', subject, config })
  for (const [subject, mode] of source.modes)
    if (subject !== undefined && mode !== target.modes.get(subject)) steps.push({ kind: 'mode', subject, mode })
  return steps
}

/** Equal configs give equal texts, whatever the order of their members. */
const textOf = (config: RegistryConfig): string => JSON.stringify(configMembers.map((name) => config[name] ?? null))
