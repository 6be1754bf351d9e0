import type { EachMessageHandler, KafkaMessage } from 'kafkajs'
import { putBack } from './put-back.ts'
import { Halt, type StallingDecoder } from './stalling-decoder.ts'

/** Decodes the messages of configured topics one by one. */
export function decodingEachMessage(decoders: ReadonlyMap<string, StallingDecoder>, handler: EachMessageHandler): EachMessageHandler {
  return async (payload) => {
    const { topic, partition, message, heartbeat } = payload
    const decode = decoders.get(topic)
    if (decode === undefined) return handler(payload)
    const result = decode(topic, partition, message, heartbeat)
    const outcome = result instanceof Promise ? await result : result
    if (outcome instanceof Halt) return halt(message, outcome)
    if (outcome !== undefined) return handler({ ...payload, message: outcome })
  }
}

/**
 * Ends the batch in front of the message. kafkajs resolves, and then commits, the offset that the message has when its handler is through,
 * and looks whether the partition is paused: so the message takes the offset of the one before it. Throwing would end the batch, too, but
 * uses up one of kafkajs' retries each time, and after the last the consumer leaves its group. It is what is left where kafkajs does not see
 * the offset of this message: one that is frozen, or copies made by somebody between.
 */
function halt(message: KafkaMessage, halted: Halt): void {
  const isSeen = halted.hasCopies ? undefined : putBack(message, halted.offset)
  if (isSeen === undefined) throw halted.error
  halted.pause(isSeen)
}
