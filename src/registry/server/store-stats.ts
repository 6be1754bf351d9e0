import type { Registry } from '../types.ts'
import { isBrowsable } from './browsable.ts'

/** What a store knows of itself, for whoever watches it. */
export interface StoreStats {
  /** Schemas under an ID, all contexts. */
  readonly schemas?: number | undefined
  /** Subjects with a version that is listed, all contexts. */
  readonly subjects?: number | undefined
  /** Changes that were decided again, as another node was first. */
  readonly lostRaces?: number | undefined
  /** When the last change was made durable: milliseconds of Unix time. */
  readonly lastWriteAt?: number | undefined
}

/** What the registry tells of itself in a method `stats`; else what can be counted. Never rejects. */
export async function statsOf(registry: Registry): Promise<StoreStats> {
  try {
    if ('stats' in registry && typeof registry.stats === 'function') return (await registry.stats()) as StoreStats
    return isBrowsable(registry) ? { subjects: (await registry.subjects()).length } : {}
  } catch {
    // A store that is down has no numbers; that it is down is told elsewhere.
    return {}
  }
}
