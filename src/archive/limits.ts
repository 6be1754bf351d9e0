import { type DatumLimits, datumLimits, limitsOf } from '../codec/avro/limits.ts'
import { EvolveError } from '../errors.ts'

/** Bounds on what is read from a container file, and on each record in it; beyond them it is refused before memory is spent on it. */
export interface ContainerLimits extends DatumLimits {
  /** Bytes of the header: schema and metadata. Default 2 MiB. */
  readonly headerBytes: number
  /** Bytes of a block as it is stored. Default 64 MiB. */
  readonly blockBytes: number
  /** Bytes of a block once it is decompressed. Default 64 MiB. */
  readonly decompressedBytes: number
  /** Records that take no bytes (null, an empty record) in one block. Default 100,000. */
  readonly emptyRecords: number
}

const MEBIBYTE = 1024 * 1024

/** The bounds in force where none are given. */
export const containerLimits: ContainerLimits = Object.freeze({
  ...datumLimits,
  headerBytes: 2 * MEBIBYTE,
  blockBytes: 64 * MEBIBYTE,
  decompressedBytes: 64 * MEBIBYTE,
  emptyRecords: 100_000,
})

/** No bound may be above this: the longest buffer that every supported version of Node takes. */
const HIGHEST = 2 ** 31 - 1

/** Checked bounds, the defaults for those not given. @throws EvolveError `invalid-options`. */
export function containerLimitsOf(given: Partial<ContainerLimits> = {}): ContainerLimits {
  const { headerBytes, blockBytes, decompressedBytes, emptyRecords, ...datum } = given
  const own = { headerBytes, blockBytes, decompressedBytes, emptyRecords }
  for (const [name, limit] of Object.entries(own)) {
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0 && limit <= HIGHEST))
      throw new EvolveError('invalid-options', `the limit ${name} of a container is an integer from 1 to ${HIGHEST}`)
  }
  return Object.freeze({
    ...limitsOf(datum),
    headerBytes: headerBytes ?? containerLimits.headerBytes,
    blockBytes: blockBytes ?? containerLimits.blockBytes,
    decompressedBytes: decompressedBytes ?? containerLimits.decompressedBytes,
    emptyRecords: emptyRecords ?? containerLimits.emptyRecords,
  })
}

/** The bounds on a record among those of a container; `undefined` where none is given. */
export function datumLimitsOf({ bytes, depth, values, emptyItems }: Partial<ContainerLimits> = {}): Partial<DatumLimits> | undefined {
  const given = Object.entries({ bytes, depth, values, emptyItems }).filter(([, limit]) => limit !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}
