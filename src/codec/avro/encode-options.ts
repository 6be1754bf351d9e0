import { EvolveError } from '../../errors.ts'
import type { EncodeOptions } from '../codec.ts'

/** Bytes that may be left free in front: frames are a few bytes, and what is left free is memory. */
const MOST_HEADROOM = 65_536

/**
 * Refuses options that stand for nothing, before anything is written: compiled code and the walk both take them as they are.
 * @throws EvolveError `invalid-options`.
 */
export function checkEncodeOptions(options: EncodeOptions): void {
  if (typeof options !== 'object' || options === null) throw new EvolveError('invalid-options', 'the options are an object')
  const { headroom, policy, output, narrowing, onEvent } = options
  if (headroom !== undefined && !(Number.isInteger(headroom) && headroom >= 0 && headroom <= MOST_HEADROOM))
    throw new EvolveError('invalid-options', `headroom is an integer from 0 to ${MOST_HEADROOM}`)
  if (policy !== undefined && policy !== 'preserve' && policy !== 'strict' && policy !== 'drop')
    throw new EvolveError('invalid-options', 'policy is one of preserve, strict, drop')
  if (output !== undefined && output !== 'writer' && output !== 'auto' && output !== 'reader' && output !== 'merged')
    throw new EvolveError('invalid-options', 'output is one of auto, writer, reader, merged')
  if (narrowing !== undefined && narrowing !== 'error' && narrowing !== 'round')
    throw new EvolveError('invalid-options', 'narrowing is one of error, round')
  if (onEvent !== undefined && typeof onEvent !== 'function') throw new EvolveError('invalid-options', 'onEvent is a function')
}
