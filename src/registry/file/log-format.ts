import { crc32 } from 'node:zlib'
import { EvolveError } from '../../errors.ts'

// One record is one line: LENGTH ' ' CHECKSUM ' ' JSON '\n', the first two as 8 hexadecimal digits.
// LENGTH counts the bytes of JSON; CHECKSUM is the CRC-32 of JSON, continued from the checksum of the record before it (from 0 for the
// first), so that a line that is lost, doubled or out of place shows as well as one that is damaged.
// JSON is printed without line breaks, so a '\n' is the end of a record and nothing else.
// This form is on users' disks: it must be readable for ever.
const headLength = 18
const newline = 0x0a

/** Where the next record goes: its first byte, and the checksum of the record before it. */
export interface LogPosition {
  readonly offset: number
  readonly checksum: number
}

/** The start of an empty log. */
export const logStart: LogPosition = Object.freeze({ offset: 0, checksum: 0 })

/** One record as bytes, and where the log ends after it. */
export function encodeRecord(at: LogPosition, record: unknown): { readonly bytes: Buffer; readonly end: LogPosition } {
  const json = Buffer.from(JSON.stringify(record))
  const checksum = crc32(json, at.checksum)
  const bytes = Buffer.concat([Buffer.from(`${hex(json.length)} ${hex(checksum)} `), json, Buffer.from([newline])])
  return { bytes, end: { offset: at.offset + bytes.length, checksum } }
}

/** One whole record. */
export interface LogRecord {
  /** Its first byte in the file. */
  readonly offset: number
  readonly value: unknown
  /** Where the log goes on. */
  readonly end: LogPosition
}

/**
 * The whole records in `bytes`, which start at `from` in the file. Ends before a torn last one: a piece without the line break that
 * ends a record, as a process killed while writing leaves it (or, with zeros behind it, a power cut).
 * @throws EvolveError `registry-corrupt` with the byte offset for anything else that is not a record.
 */
export function* readRecords(bytes: Buffer, from: LogPosition): Generator<LogRecord, void, undefined> {
  let position = from
  let at = 0
  while (at < bytes.length) {
    const length = lengthAt(bytes, at)
    const start = at + headLength
    const stop = length === undefined ? Number.POSITIVE_INFINITY : start + length
    if (bytes[stop] !== newline) {
      if (isTorn(bytes, at, stop)) return
      throw corrupt(
        position.offset,
        length === undefined ? 'a record does not start with its length' : 'a record does not end where it says',
      )
    }
    const json = bytes.subarray(start, stop)
    const checksum = crc32(json, position.checksum)
    if (hex(checksum) !== bytes.toString('latin1', at + 9, at + 17)) throw corrupt(position.offset, 'the checksum of a record is wrong')
    const end = { offset: position.offset + stop + 1 - at, checksum }
    yield { offset: position.offset, value: parse(json, position.offset), end }
    position = end
    at = stop + 1
  }
}

/** Whether what starts at `at` is the rest of a write that was cut off; `stop` is where its line break should be. */
function isTorn(bytes: Buffer, at: number, stop: number): boolean {
  // A line break after this point means that more was written later: then this is damage.
  if (bytes.indexOf(newline, at) !== -1) return false
  // After a power cut some file systems have the length of a file, and zeros where the data did not arrive.
  return stop >= bytes.length || bytes.at(-1) === 0
}

/** A `registry-corrupt` error that names the place. */
export function corrupt(offset: number, problem: string, cause?: unknown): EvolveError {
  const hint = 'restore the file from a copy; it was not changed'
  return new EvolveError('registry-corrupt', `${problem}, at byte ${offset} of the log`, { hint }, cause)
}

function lengthAt(bytes: Buffer, at: number): number | undefined {
  const head = bytes.toString('latin1', at, at + headLength)
  return /^[0-9a-f]{8} [0-9a-f]{8} $/.test(head) ? Number.parseInt(head.slice(0, 8), 16) : undefined
}

function parse(json: Buffer, offset: number): unknown {
  try {
    return JSON.parse(json.toString())
  } catch (error) {
    throw corrupt(offset, 'a record is not JSON', error)
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
