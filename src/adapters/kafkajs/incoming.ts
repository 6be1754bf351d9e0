import type { KafkaMessage } from 'kafkajs'
import { whenReady } from '../../middleware/compose.ts'
import type { Decode } from '../../middleware/pipeline.ts'
import type { DecodedMessage } from '../../transport/message.ts'

/** The message with decoded sides, a new object; `undefined` when it is left out. */
export function decodeKafkaMessage(
  decode: Decode,
  topic: string,
  partition: number,
  message: KafkaMessage,
): KafkaMessage | undefined | Promise<KafkaMessage | undefined> {
  const { offset, timestamp, key, value, headers } = message
  return whenReady(decode({ topic, partition, offset, timestamp, key, value, headers }), (decoded) => withSides(message, decoded))
}

/** To kafkajs' types a message holds bytes; ours, in `types.ts`, say what it holds after this. */
function withSides(message: KafkaMessage, decoded: DecodedMessage | undefined): KafkaMessage | undefined {
  if (decoded === undefined) return undefined
  return { ...message, key: decoded.key, value: decoded.value, evolve: decoded.origin } as unknown as KafkaMessage
}
