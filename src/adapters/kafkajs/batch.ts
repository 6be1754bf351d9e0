import type { Batch, EachBatchHandler, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { Halt, type StallingDecoder } from './stalling-decoder.ts'

/** What came of decoding a batch, up to its end or to the first message that could not be decoded. */
interface DecodedBatch {
  readonly messages: readonly KafkaMessage[]
  /** Offset of the last message that is dealt with (decoded or left out); `undefined` when the first one failed. */
  readonly reached: string | undefined
  /** Why it does not reach to the end. */
  readonly stop: { readonly error: unknown } | Halt | undefined
}

/** How batches are consumed. */
interface BatchManner {
  readonly autoResolve: boolean
  /** Whether kafkajs resolves what was handled; otherwise that is done here, as nothing but an error would keep kafkajs from resolving all of a batch. */
  readonly isResolvedByKafkajs: boolean
  /** The pause of the payload; `undefined` for kafkajs' own. */
  readonly pauseOf: ((topic: string, partition: number) => EachBatchPayload['pause']) | undefined
}

/**
 * Decodes batches of configured topics. A batch with a message that cannot be decoded is handed over up to that message; then the error is
 * raised, or the partition is paused, so that what comes before is processed once and nothing behind it is.
 */
export function decodingEachBatch(
  decoders: ReadonlyMap<string, StallingDecoder>,
  handler: EachBatchHandler,
  manner: BatchManner,
): EachBatchHandler {
  const { autoResolve, isResolvedByKafkajs, pauseOf } = manner
  const resolvesAll = autoResolve && !isResolvedByKafkajs
  return async (payload) => {
    const { topic, partition } = payload.batch
    const decode = decoders.get(topic)
    if (decode === undefined) {
      await handler(payload)
      if (resolvesAll) payload.resolveOffset(payload.batch.lastOffset())
      return
    }
    const decoded = await decodeBatch(decode, payload)
    const { messages, reached, stop } = decoded
    if (messages.length > 0 || payload.batch.isEmpty()) {
      const changed = { batch: viewOf(payload.batch, decoded), resolveOffset: resolving(payload, decoded) }
      await handler({ ...payload, ...changed, ...(pauseOf !== undefined && { pause: pauseOf(topic, partition) }) })
    }
    if (stop === undefined && resolvesAll) return payload.resolveOffset(payload.batch.lastOffset())
    // kafkajs resolves a batch only when no error is raised, and never one that nobody handled.
    const unresolved = messages.length === 0 || (stop !== undefined && autoResolve)
    if (unresolved && reached !== undefined && !payload.isStale()) payload.resolveOffset(reached)
    if (stop === undefined) return
    if (!(stop instanceof Halt)) throw stop.error
    // Elsewhere than the application sought to, nobody waits.
    if (!payload.isStale()) stop.pause()
  }
}

async function decodeBatch(decode: StallingDecoder, { batch, heartbeat }: EachBatchPayload): Promise<DecodedBatch> {
  const messages: KafkaMessage[] = []
  let reached: string | undefined
  for (const message of batch.messages) {
    try {
      const result = decode(batch.topic, batch.partition, message, heartbeat)
      const outcome = result instanceof Promise ? await result : result
      if (outcome instanceof Halt) return { messages, reached, stop: outcome }
      if (outcome !== undefined) messages.push(outcome)
      reached = message.offset
      // Many short waits are a long one.
      if (result instanceof Promise) await heartbeat()
    } catch (error) {
      return { messages, reached, stop: { error } }
    }
  }
  return { messages, reached, stop: undefined }
}

/** The batch with other messages, and all else it has. kafkajs goes on using its own, and its methods are on its prototype. */
function viewOf(batch: Batch, { messages, reached, stop }: DecodedBatch): Batch {
  const view: PropertyDescriptorMap = {
    ...Object.getOwnPropertyDescriptors(batch),
    messages: { value: messages, enumerable: true, writable: true, configurable: true },
  }
  if (stop !== undefined && reached !== undefined) {
    // The view ends before the message that failed: nobody can resolve an offset behind it by accident.
    view.lastOffset = { value: () => reached, writable: true, configurable: true }
    view.offsetLag = { value: () => (BigInt(batch.highWatermark) - 1n - BigInt(reached)).toString(), writable: true, configurable: true }
  }
  return Object.create(Object.getPrototypeOf(batch), view) as Batch
}

/** Resolving the last message that was handed over also resolves those left out behind it. */
function resolving({ resolveOffset }: EachBatchPayload, { messages, reached }: DecodedBatch): EachBatchPayload['resolveOffset'] {
  const last = messages.at(-1)?.offset
  return (offset) => resolveOffset(offset === last && reached !== undefined ? reached : offset)
}
