import type { EachMessageHandler, KafkaMessage } from 'kafkajs'
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
 * uses up one of kafkajs' retries each time, and after the last the consumer leaves its group.
 */
function halt(message: KafkaMessage, halted: Halt): void {
  if (!Reflect.set(message, 'offset', String(BigInt(halted.offset) - 1n))) throw halted.error
  halted.pause(true)
}
