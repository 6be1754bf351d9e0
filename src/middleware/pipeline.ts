import type { TopicSerde } from '../serde/topics.ts'
import type { DecodedMessage, EncodedMessage, IncomingMessage, OutgoingMessage } from '../transport/message.ts'
import { compose, type Handler } from './compose.ts'
import { type Lookup, lookupOf } from './lookup.ts'
import { type ConsumeMiddleware, decodeMessage, encodeMessage, type ProduceMiddleware } from './message.ts'
import type { PausedPartition } from './outage.ts'
import type { UndecodableReport } from './undecodable.ts'

/** Encodes a message of one topic, through all middleware. */
export type Encode = Handler<OutgoingMessage, EncodedMessage>
/** Decodes a message of one topic, through all middleware; `undefined` leaves it out. */
export type Decode = Handler<IncomingMessage, DecodedMessage | undefined>

/** What an adapter maps a client's messages to and from. Topics that are not configured are in neither map. */
export interface MessagePipeline {
  readonly encoders: ReadonlyMap<string, Encode>
  /** The decoders of one consumer; `outermost` is what it does with undecodable messages. */
  decoders(outermost?: ConsumeMiddleware): ReadonlyMap<string, Decode>
  /** What the messages of each topic have to wait for before they are decoded. */
  readonly lookups: ReadonlyMap<string, Lookup>
  readonly report: UndecodableReport
  /** The partitions that consumers have paused now. */
  readonly paused: Set<PausedPartition>
  /** Whether some topic is `strict`: handlers then run so that it is known what they were given. */
  readonly isStrict: boolean
}

/** Your functions around encoding and decoding; the first of each list is the outermost. */
export interface MiddlewareOptions {
  readonly produce?: readonly ProduceMiddleware[]
  readonly consume?: readonly ConsumeMiddleware[]
}

/** Puts the middleware around the serdes of all topics. */
export function createPipeline(
  serdes: ReadonlyMap<string, TopicSerde>,
  options: MiddlewareOptions,
  report: UndecodableReport,
): MessagePipeline {
  const { produce = [], consume = [] } = options
  return {
    encoders: mapped(serdes, (serde) => compose(produce, encodeMessage(serde))),
    decoders: (outermost) => {
      const all = outermost === undefined ? consume : [outermost, ...consume]
      return mapped(serdes, (serde) => compose(all, decodeMessage(serde)))
    },
    lookups: mapped(serdes, lookupOf),
    report,
    paused: new Set(),
    isStrict: [...serdes.values()].some(({ key, value }) => key?.isStrict === true || value?.isStrict === true),
  }
}

function mapped<A, B>(from: ReadonlyMap<string, A>, map: (value: A) => B): ReadonlyMap<string, B> {
  return new Map([...from].map(([name, value]) => [name, map(value)]))
}
