import type { Batch, EachBatchHandler, EachBatchPayload, KafkaMessage } from 'kafkajs'
import type { Decode } from '../../middleware/pipeline.ts'
import { beatingUntil } from './heartbeat.ts'
import { decodeKafkaMessage } from './incoming.ts'

/** What came of decoding a batch, up to its end or to the first message that could not be decoded. */
interface DecodedBatch {
  readonly messages: readonly KafkaMessage[]
  /** Offset of the last message that is dealt with (decoded or left out); `undefined` when the first one failed. */
  readonly reached: string | undefined
  readonly failure: { readonly error: unknown } | undefined
}

/**
 * Decodes batches of configured topics. A batch with a message that cannot be decoded is handed over up to that message; then the error is
 * raised, so that what comes before is processed once and nothing behind it is.
 */
export function decodingEachBatch(
  decoders: ReadonlyMap<string, Decode>,
  handler: EachBatchHandler,
  autoResolve: boolean,
): EachBatchHandler {
  return async (payload) => {
    const decode = decoders.get(payload.batch.topic)
    if (decode === undefined) return handler(payload)
    const decoded = await decodeBatch(decode, payload)
    const { messages, reached, failure } = decoded
    if (messages.length > 0 || payload.batch.isEmpty())
      await handler({ ...payload, batch: viewOf(payload.batch, decoded), resolveOffset: resolving(payload, decoded) })
    // kafkajs resolves a batch only when no error is raised, and never one that nobody handled.
    const unresolved = messages.length === 0 || (failure !== undefined && autoResolve)
    if (unresolved && reached !== undefined && !payload.isStale()) payload.resolveOffset(reached)
    if (failure !== undefined) throw failure.error
  }
}

async function decodeBatch(decode: Decode, { batch, heartbeat }: EachBatchPayload): Promise<DecodedBatch> {
  const messages: KafkaMessage[] = []
  let reached: string | undefined
  for (const message of batch.messages) {
    try {
      const result = decodeKafkaMessage(decode, batch.topic, batch.partition, message)
      const decoded = result instanceof Promise ? await beatingUntil(result, heartbeat) : result
      if (decoded !== undefined) messages.push(decoded)
      reached = message.offset
      // Many short waits are a long one.
      if (result instanceof Promise) await heartbeat()
    } catch (error) {
      return { messages, reached, failure: { error } }
    }
  }
  return { messages, reached, failure: undefined }
}

/** The batch with other messages, and all else it has. kafkajs goes on using its own, and its methods are on its prototype. */
function viewOf(batch: Batch, { messages, reached, failure }: DecodedBatch): Batch {
  const view: PropertyDescriptorMap = {
    ...Object.getOwnPropertyDescriptors(batch),
    messages: { value: messages, enumerable: true, writable: true, configurable: true },
  }
  if (failure !== undefined && reached !== undefined) {
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
