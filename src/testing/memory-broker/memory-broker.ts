import { Duplex } from 'node:stream'
import { EvolveError } from '../../errors.ts'
import type { Api, BrokerState } from './api.ts'
import { GROUP_APIS } from './api-groups.ts'
import { RECORD_APIS } from './api-records.ts'
import { TOPIC_APIS } from './api-topics.ts'
import { TRANSACTION_APIS } from './api-transactions.ts'
import { ERROR } from './error-codes.ts'
import { Groups } from './groups.ts'
import { ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'
import { Topics } from './topics.ts'
import { Transactions } from './transactions.ts'

/** How a {@link MemoryBroker} starts. */
export interface MemoryBrokerOptions {
  /** Partitions of a topic whose creator does not say how many. */
  readonly partitions: number
  /** Whether a client may create a topic by naming it. */
  readonly autoCreateTopics: boolean
}

/** A Kafka broker that keeps everything in memory and speaks the Kafka protocol over streams instead of sockets. */
export class MemoryBroker {
  readonly topics: Topics
  readonly #state: BrokerState
  readonly #apis: ReadonlyMap<number, Api>

  constructor({ partitions, autoCreateTopics }: MemoryBrokerOptions) {
    this.topics = new Topics(partitions, autoCreateTopics)
    const groups = new Groups()
    this.#state = { topics: this.topics, groups, transactions: new Transactions(this.topics, groups) }
    const apis = [...TOPIC_APIS, ...RECORD_APIS, ...GROUP_APIS, ...TRANSACTION_APIS]
    this.#apis = new Map([apiVersions(apis), ...apis].map((api) => [api.key, api]))
  }

  /** The client's end of a new connection. */
  connect(): Duplex {
    let buffered: Buffer = Buffer.alloc(0)
    const client = new Duplex({
      read() {},
      write: (chunk: Buffer | string, encoding, done) => {
        buffered = Buffer.concat([buffered, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk])
        while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
          const end = 4 + buffered.readInt32BE(0)
          this.#serve(buffered.subarray(4, end), client)
          buffered = buffered.subarray(end)
        }
        done()
      },
      final(done) {
        client.push(null)
        done()
      },
    })
    return client
  }

  #serve(request: Buffer, client: Duplex): void {
    this.#answer(request).then(
      (answer) => {
        if (answer !== undefined && !client.destroyed && !client.writableEnded) client.push(answer)
      },
      (error: unknown) => client.destroy(new EvolveError('internal', 'the in-memory broker cannot serve a request', {}, error)),
    )
  }

  async #answer(request: Buffer): Promise<Buffer | undefined> {
    const reader = new ProtocolReader(request)
    const [key, version, correlationId, clientId] = [reader.int16(), reader.int16(), reader.int32(), reader.string()]
    const api = this.#apis.get(key)
    if (api?.version !== version) throw new EvolveError('internal', `request type ${key} in version ${version} is not spoken here`)
    const body = (await api.answer(reader, this.#state, clientId))?.toBuffer()
    return (
      body &&
      Buffer.concat([
        new ProtocolWriter()
          .int32(4 + body.length)
          .int32(correlationId)
          .toBuffer(),
        body,
      ])
    )
  }
}

/** Tells a client what this broker speaks. Asked in version 2 by kafkajs, before it knows. */
function apiVersions(apis: readonly Api[]): Api {
  const api: Api = {
    key: 18,
    version: 2,
    answer: () =>
      new ProtocolWriter()
        .int16(ERROR.none)
        .array([api, ...apis], (w, { key, version }) => w.int16(key).int16(version).int16(version))
        .int32(0),
  }
  return api
}
