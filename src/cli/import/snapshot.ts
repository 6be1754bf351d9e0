import { isEvolveError } from '../../errors.ts'
import { inParallel } from '../../registry/lockfile/in-parallel.ts'
import { pullLockfile } from '../../registry/lockfile/pull.ts'
import type { RegistryConfig } from '../../registry/settings/config.ts'
import type { RegistryMode } from '../../registry/settings/mode.ts'
import type { SchemaStore } from '../../registry/state/store.ts'
import type { ManagedRegistry, SubjectVersion } from '../../registry/types.ts'

/** A version of a subject, and whether it was deleted. */
export interface SnapshotEntry {
  readonly entry: SubjectVersion
  readonly deleted: boolean
}

/** All that a registry holds. */
export interface Snapshot {
  readonly entries: readonly SnapshotEntry[]
  /** What was set for subjects, and for contexts under `:.context:`; `undefined` is what holds for all. */
  readonly configs: ReadonlyMap<string | undefined, RegistryConfig>
  readonly modes: ReadonlyMap<string | undefined, RegistryMode>
}

/** Requests under way at a time. */
const concurrency = 8

/** Reads all that a registry holds: all contexts, deleted versions, what is set. @throws EvolveError what the registry throws. */
export async function readRegistry(registry: ManagedRegistry, signal: AbortSignal): Promise<Snapshot> {
  const { subjects } = await pullLockfile(registry, 'all', { deleted: true, concurrency, signal })
  const entries = subjects.flatMap(({ versions, deleted = [] }) => [
    ...versions.map((entry) => ({ entry, deleted: false })),
    ...deleted.map((entry) => ({ entry, deleted: true })),
  ])
  const contexts = (await orNone(registry.contexts({ signal }))) ?? []
  const places = [undefined, ...contexts.map(placeOf), ...subjects.map(({ subject }) => subject)]
  const settings = await inParallel(places, concurrency, async (place) => ({
    place,
    config: await orNone(registry.config(place, { signal })),
    mode: await orNone(registry.mode(place, { signal })),
  }))
  const [all] = settings
  // Some say of the default context what holds for all.
  const own = settings.filter(({ place, config, mode }) => place !== ':.:' || !sameSettings({ config, mode }, all))
  return {
    entries,
    configs: new Map(own.flatMap(({ place, config }) => (config === undefined ? [] : [[place, config] as const]))),
    modes: ownModes(own),
  }
}

/** Where what is set for a context stands; some call it `:.context:` themselves. */
const placeOf = (context: string): string => (context.startsWith(':') ? context : `:${context}:`)

/**
 * Modes that were set. Where every subject has one, the registry says what is in force, as Karapace does: those that are the mode for all are then none of their
 * own. A source that was set to READONLY to be moved would set each subject of the target to READONLY.
 */
function ownModes(
  settings: readonly { readonly place: string | undefined; readonly mode: RegistryMode | undefined }[],
): ReadonlyMap<string | undefined, RegistryMode> {
  const all = settings.find(({ place }) => place === undefined)?.mode
  const isInForce = settings.every(({ place, mode }) => mode !== undefined || place === undefined || isContext(place))
  const own = settings.filter(({ place, mode }) => place === undefined || !isInForce || mode !== all)
  return new Map(own.flatMap(({ place, mode }) => (mode === undefined ? [] : [[place, mode] as const])))
}

const isContext = (place: string): boolean => place.startsWith(':.') && place.endsWith(':')

function sameSettings(one: object, other: { readonly config: unknown; readonly mode: unknown } | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify({ config: other?.config, mode: other?.mode })
}

/** What a registry answers, or `undefined` where it has no such page: Karapace knows no contexts, Apicurio no modes. */
async function orNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isEvolveError(error) && [404, 405, 501].includes(error.details.status ?? 0)) return undefined
    throw error
  }
}

/** All that a state holds. */
export function snapshotOf(store: SchemaStore): Snapshot {
  const entries = store
    .subjects({ prefix: ':*:', deleted: true })
    .flatMap((subject) => store.entries(subject, true))
    .map((entry) => ({ entry, deleted: store.isDeleted(entry.subject, entry.version) === true }))
  const configs = new Map<string | undefined, RegistryConfig>()
  const modes = new Map<string | undefined, RegistryMode>()
  for (const change of store.settings.changes()) {
    if (change.type === 'config' && change.config !== undefined) configs.set(change.subject, change.config)
    if (change.type === 'mode' && change.mode !== undefined) modes.set(change.subject, change.mode)
  }
  return { entries, configs, modes }
}
