import type { Groups } from './groups.ts'
import type { ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'
import type { Topics } from './topics.ts'
import type { Transactions } from './transactions.ts'

/** All that a broker knows. */
export interface BrokerState {
  readonly topics: Topics
  readonly groups: Groups
  readonly transactions: Transactions
}

/** One request type in the one version that this broker speaks: the newest that kafkajs 2.2 does. */
export interface Api {
  /** Number of the request type in the protocol. */
  readonly key: number
  readonly version: number
  /** Reads the body of a request and gives the body of the answer, or `undefined` where none is wanted. */
  answer(request: ProtocolReader, broker: BrokerState, clientId: string): ProtocolWriter | undefined | Promise<ProtocolWriter>
}
