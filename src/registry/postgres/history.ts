import { EvolveError } from '../../errors.ts'
import type { Position } from './journal-row.ts'
import type { Replica } from './replica.ts'

/** Whether what the journal has as the chain of a row is what was read there. */
export function isSame(chain: unknown, position: Position): boolean {
  return Buffer.isBuffer(chain) && chain.equals(position.chain)
}

/** The journal is not the one that this node has read: it goes on otherwise, or ends earlier. */
export function historyChanged({ position, store }: Replica): EvolveError {
  const ids = [...store.reserved()].map(([context, id]) => `${id} in the context ${JSON.stringify(context)}`).join(', ')
  return new EvolveError('registry-corrupt', `row ${position.seq} of the journal is gone, or another than this node has read`, {
    hint:
      `the database was restored from an older copy, or a fail-over lost what was written last; the highest IDs seen here are ${ids}: ` +
      'see that they are not given again (skip_ids), then start the nodes again',
  })
}
