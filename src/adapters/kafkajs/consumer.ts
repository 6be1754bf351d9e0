import type { Consumer, ConsumerRunConfig, EachMessageHandler } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import type { ConsumeMiddleware } from '../../middleware/message.ts'
import type { Decode, MessagePipeline } from '../../middleware/pipeline.ts'
import { deadLetterUndecodable, skipUndecodable } from '../../middleware/undecodable.ts'
import { handling } from '../../serde/handled.ts'
import type { Topics } from '../../serde/topics.ts'
import { decodingEachBatch } from './batch.ts'
import { delegateTo } from './delegate.ts'
import { beatingUntil } from './heartbeat.ts'
import { decodeKafkaMessage } from './incoming.ts'
import { rawSender } from './producer.ts'
import type { EvolvedConsumer, KafkajsConsumerOptions } from './types.ts'

/**
 * The consumer with `run` decoding what the configured topics hold; the rest is the consumer's own.
 * @throws EvolveError `invalid-options`.
 */
export function wrapConsumer<T extends Topics>(
  pipeline: MessagePipeline,
  consumer: Consumer,
  options: KafkajsConsumerOptions = {},
): EvolvedConsumer<T> {
  const decoders = pipeline.decoders(undecodablePolicy(pipeline, consumer, options))
  const wrapped = delegateTo(consumer, {
    run: async (config?: ConsumerRunConfig): Promise<void> =>
      consumer.run(config && decodingConfig(decoders, pipeline.isStrict ? knowing(config) : config)),
  })
  return wrapped as unknown as EvolvedConsumer<T>
}

function decodingConfig(decoders: ReadonlyMap<string, Decode>, config: ConsumerRunConfig): ConsumerRunConfig {
  const { eachMessage, eachBatch, eachBatchAutoResolve = true } = config
  return {
    ...config,
    // kafkajs takes `null` for a handler that is not there.
    ...(typeof eachMessage === 'function' && { eachMessage: decodingEachMessage(decoders, eachMessage) }),
    ...(typeof eachBatch === 'function' && { eachBatch: decodingEachBatch(decoders, eachBatch, eachBatchAutoResolve) }),
  }
}

/** The configuration with handlers that run knowing what they were given. */
function knowing({ eachMessage, eachBatch, ...config }: ConsumerRunConfig): ConsumerRunConfig {
  return {
    ...config,
    ...(typeof eachMessage === 'function' && {
      eachMessage: (payload) => handling([payload.message.value], () => eachMessage(payload)),
    }),
    ...(typeof eachBatch === 'function' && {
      eachBatch: (payload) =>
        handling(
          payload.batch.messages.map(({ value }) => value),
          () => eachBatch(payload),
        ),
    }),
  }
}

function decodingEachMessage(decoders: ReadonlyMap<string, Decode>, handler: EachMessageHandler): EachMessageHandler {
  return async (payload) => {
    const { topic, partition, heartbeat } = payload
    const decode = decoders.get(topic)
    if (decode === undefined) return handler(payload)
    const result = decodeKafkaMessage(decode, topic, partition, payload.message)
    const message = result instanceof Promise ? await beatingUntil(result, heartbeat) : result
    if (message !== undefined) return handler({ ...payload, message })
  }
}

function undecodablePolicy(
  { report }: MessagePipeline,
  consumer: Consumer,
  { onUndecodable = 'throw' }: KafkajsConsumerOptions,
): ConsumeMiddleware | undefined {
  if (onUndecodable === 'throw') return undefined
  if (onUndecodable === 'skip') return skipUndecodable(report)
  const letters = onUndecodable?.deadLetter
  if (typeof letters?.producer?.send !== 'function') {
    throw new EvolveError('invalid-options', "onUndecodable is none of 'throw', 'skip' and { deadLetter: { producer } }")
  }
  let consumerGroup: string | undefined
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    consumerGroup = payload.groupId
  })
  const sender = rawSender(letters.producer)
  return deadLetterUndecodable(report, {
    consumerGroup: () => consumerGroup,
    ...(letters.topic !== undefined && { topic: letters.topic }),
    send: async ({ topic, key, value, headers }) =>
      void (await sender.send({ topic, messages: [{ key, value, headers: { ...headers } }] })),
  })
}
