import { EvolveError } from '../../errors.ts'
import type { SchemaValidator } from '../admit.ts'
import { checkId } from '../checks.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { validateSchema } from '../validate.ts'
import { openReader } from './file-reader.ts'
import type { FileRegistry } from './file-registry-type.ts'
import { disk, type FileSystem } from './file-system.ts'
import { openWriter } from './file-writer.ts'
import type { UnknownRecord } from './records.ts'

/** Options of {@link fileRegistry}. */
export interface FileRegistryOptions {
  /** The log's file. It and its folder are made where they are missing. */
  readonly path: string
  /** Reads only: needs no lock, sees what a writer adds. The file must be there. Default `false`. */
  readonly readOnly?: boolean
  /** The ID of the first schema of a new registry; default 1. For one that is there it must be what it was made with. */
  readonly firstId?: number
  /** Says whether a text is a schema. Default {@link validateSchema}: an Avro schema must parse. */
  readonly validate?: SchemaValidator
  /** The compatibility level where the file sets none; default `'NONE'`: any version is taken. It is not written to the file. */
  readonly compatibility?: CompatibilityLevel
  /**
   * Told of a record that a later version of this package has written: it stays in the file, its ID is not given again, and all else about it is
   * passed over. Default: a warning of the process.
   */
  readonly onUnknownRecord?: (record: UnknownRecord) => void
  /**
   * Bytes of no use (settings replaced, versions purged) at which the file is written anew, when it is opened and while it is written: as soon as they
   * are also a third of it. An estimate. Default 1 MiB; `Infinity`: never by itself.
   */
  readonly compactAboveBytes?: number
  /** In place of the disk. */
  readonly fileSystem?: FileSystem
}

/**
 * A registry in one append-only file, with one writer at a time, on a local disk. What `register` has answered is on the disk (fsync) and
 * outlives a kill at any moment; each record has a checksum. A last record that is torn was never answered and is cut off by the next
 * writer. Other damage is never repaired silently. While the disk refuses to write, `register` fails with `registry-unavailable` and reading goes on.
 * @throws EvolveError `registry-locked` when another process writes it, `registry-corrupt`, `registry-unavailable`, `invalid-options`.
 */
export async function fileRegistry(options: FileRegistryOptions): Promise<FileRegistry> {
  const { path, readOnly = false, firstId, validate = validateSchema, compatibility: level = 'NONE', fileSystem = disk } = options
  const { compactAboveBytes = 1024 * 1024 } = options
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new EvolveError('invalid-options', 'path is not the path of a file')
  if (firstId !== undefined) checkId(firstId)
  if (typeof compactAboveBytes !== 'number' || !(compactAboveBytes >= 0))
    throw new EvolveError('invalid-options', 'compactAboveBytes is no number of bytes')
  const onUnknown = (record: UnknownRecord): void => tell(options.onUnknownRecord ?? ((unknown) => warn(path, unknown)), record)
  const settings = { path, validate, level, onUnknown, fileSystem }
  return readOnly
    ? openReader(settings)
    : openWriter({ ...settings, firstId, compactAboveBytes, onUncompacted: (error) => warnUncompacted(path, error) })
}

function tell(listener: (record: UnknownRecord) => void, record: UnknownRecord): void {
  try {
    listener(record)
  } catch {
    // A listener that fails must not keep the registry closed.
  }
}

function warn(path: string, { type, offset }: UnknownRecord): void {
  const detail = 'A later version of kafka-evolve has written it. It was passed over and left where it is.'
  process.emitWarning(`${path}: the record at byte ${offset} has the unknown type ${JSON.stringify(type)}`, {
    type: 'RegistryWarning',
    detail,
  })
}

function warnUncompacted(path: string, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error)
  process.emitWarning(`${path}: the file could not be written anew, and goes on growing`, { type: 'RegistryWarning', detail })
}
