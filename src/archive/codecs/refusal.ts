import { EvolveError } from '../../errors.ts'

/** Blocks of this many bytes are worth the way to another thread. */
export const LARGE: number = 256 * 1024

/** What a decompressor's error says of the block. */
export function refusal(error: unknown, limit: number): EvolveError {
  if (error instanceof EvolveError) return error
  if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limit)
  return new EvolveError('malformed-data', 'the block cannot be decompressed', {}, error)
}

/** The block would be longer than it may be. */
export function tooLarge(limit: number): EvolveError {
  return new EvolveError('limit-exceeded', `the block has more than ${limit} bytes when it is decompressed`)
}
