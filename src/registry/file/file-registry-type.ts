import type { CallOptions, ManagedRegistry } from '../types.ts'

/** What writing a file anew came to. */
export interface Compaction {
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** A registry in a file. */
export interface FileRegistry extends ManagedRegistry {
  /**
   * Writes the file anew without what is of no use any more: settings that others have replaced, and the texts of versions that were purged. IDs that
   * were given stay taken. Changes wait for it, reads do not; a kill or a power cut at any moment leaves the old file or the new one. It happens by
   * itself, too: see `compactAboveBytes`.
   * @throws EvolveError `registry-rejected` for one that reads only, or a file with records of a later version; `registry-unavailable` where the disk
   * refuses: then the old file stays.
   */
  compact(options?: CallOptions): Promise<Compaction>
}
