import { posix } from 'node:path'
import { parseExactJson } from '../../../schema/json.ts'
import { unqualified } from '../../../schema/names.ts'
import { schemaEndings } from '../files/find-files.ts'
import { loadTexts } from '../load/load-texts.ts'
import type { GateSchema, SourceText } from '../model.ts'
import { changesUpTo, type GitChange, type GitRevision, readObjects } from './repository.ts'

/** What a schema said in an earlier commit. */
export interface PastSchema {
  /** JSON that is complete in itself. */
  readonly text: string
  /** For people: the commit in which it came, with its date. */
  readonly label: string
}

/** The texts that state a schema in one commit: its file, and those that it takes types from. */
interface Snapshot {
  readonly commit: string
  readonly date: string
  /** Its own file first: what it is called, and what to ask git for. */
  readonly parts: readonly { readonly file: string; readonly object: string }[]
}

/**
 * What schemas said before, in all commits that led to a revision: every distinct text once, oldest first, but for what they say in the revision itself. What was no schema
 * then is left out, or is a text that does not parse. Files are followed through renames, as long as they state the same type.
 */
export async function pastSchemas(
  revision: GitRevision,
  schemas: readonly GateSchema[],
  firstParent: boolean,
): Promise<ReadonlyMap<GateSchema, readonly PastSchema[]>> {
  const changes = await changesUpTo(revision, schemaEndings, firstParent)
  const snapshots = new Map(schemas.map((schema) => [schema, snapshotsOf(schema, changes, revision)] as const))
  const objects = [...snapshots.values()].flatMap((list) => list.flatMap(({ parts }) => parts.map(({ object }) => object)))
  const texts = await readObjects(revision.root, objects)
  const past = new Map<GateSchema, readonly PastSchema[]>()
  for (const [schema, list] of snapshots) past.set(schema, await distinct(schema, ofOneType(list, texts), texts))
  return past
}

/** Newest first. */
function snapshotsOf({ sources }: GateSchema, changes: readonly GitChange[], { prefix }: GitRevision): Snapshot[] {
  const paths = sources.map(({ file }) => posix.join(prefix, file))
  const [own = ''] = paths
  if (paths.length > 1) {
    const commits = new Map(changes.filter(({ path }) => paths.includes(path)).map(({ commit, date }) => [commit, date] as const))
    return Array.from(commits, ([commit, date]) => ({
      commit,
      date,
      parts: sources.map(({ file }, index) => ({ file, object: `${commit}:${paths[index]}` })),
    }))
  }
  const snapshots: Snapshot[] = []
  let path = own
  for (const { commit, date, path: changed, before, blob } of changes) {
    if (changed !== path) continue
    if (blob !== undefined) snapshots.push({ commit, date, parts: [{ file: posix.relative(prefix, path), object: blob }] })
    if (before !== undefined) path = before
  }
  return snapshots
}

/** Git takes two files for one that was renamed if half of their lines are the same, and schemas are much alike: what another type said does not count. */
function ofOneType(snapshots: readonly Snapshot[], objects: ReadonlyMap<string, string>): readonly Snapshot[] {
  const end = snapshots.findIndex(({ parts: [older] }, index) => {
    const newer = snapshots[index - 1]?.parts[0]
    if (newer === undefined || older === undefined || posix.basename(newer.file) === posix.basename(older.file)) return false
    return !mayBeOneType(objects.get(newer.object) ?? '', objects.get(older.object) ?? '')
  })
  return end < 0 ? snapshots : snapshots.slice(0, end)
}

function mayBeOneType(newer: string, older: string): boolean {
  const [now, then] = [namesIn(newer), namesIn(older)]
  const [name] = then
  return name === undefined || now.length === 0 || now.includes(name)
}

/** What a text of JSON calls its type, and its aliases, without namespaces; nothing where it does not say. */
function namesIn(text: string): readonly string[] {
  try {
    const { name, aliases } = Object(parseExactJson(text)) as { readonly name?: unknown; readonly aliases?: unknown }
    const names: readonly unknown[] = [name, ...(Array.isArray(aliases) ? aliases : [])]
    return typeof name === 'string' ? names.filter((one) => typeof one === 'string').map(unqualified) : []
  } catch {
    return []
  }
}

async function distinct(schema: GateSchema, snapshots: readonly Snapshot[], objects: ReadonlyMap<string, string>): Promise<PastSchema[]> {
  const seen = new Map<string, Snapshot>()
  // From the newest to the oldest: a text is named after the commit in which it came.
  for (const snapshot of snapshots) seen.set(JSON.stringify(snapshot.parts.map(({ object }) => objects.get(object) ?? '')), snapshot)
  const past = new Map<string, PastSchema>()
  for (const snapshot of [...seen.values()].reverse()) {
    const text = await textIn(schema, snapshot, objects)
    if (text !== undefined && text !== schema.text) past.set(text, { text, label: `${snapshot.commit.slice(0, 9)} (${snapshot.date})` })
  }
  return [...past.values()]
}

async function textIn({ part }: GateSchema, { parts }: Snapshot, objects: ReadonlyMap<string, string>): Promise<string | undefined> {
  const sources = parts.flatMap(({ file, object }): SourceText[] => {
    const text = objects.get(object)
    return text === undefined ? [] : [{ file, text }]
  })
  const [own] = parts
  const [only] = sources
  // Most schemas need no other file, and then the file says all of it. Whether it is a schema at all is seen when it is compared.
  if (parts.length === 1 && only?.file.endsWith('.avsc') === true) return only.text
  const { schemas } = await loadTexts(
    sources,
    async (files) => new Map(sources.filter(({ file }) => files.includes(file)).map(({ file, text }) => [file, text])),
  )
  const ofFile = schemas.filter(({ file }) => file === own?.file)
  return (ofFile.length === 1 ? ofFile[0] : ofFile.find((one) => one.part === part))?.text
}
