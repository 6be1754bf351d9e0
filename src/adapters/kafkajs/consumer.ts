import type { Consumer, ConsumerRunConfig } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import type { ConsumeMiddleware } from '../../middleware/message.ts'
import type { MessagePipeline } from '../../middleware/pipeline.ts'
import { deadLetterUndecodable, skipUndecodable } from '../../middleware/undecodable.ts'
import { handling } from '../../serde/handled.ts'
import type { Topics } from '../../serde/topics.ts'
import { decodingEachBatch } from './batch.ts'
import { delegateTo } from './delegate.ts'
import { decodingEachMessage } from './each-message.ts'
import { longestTimer } from './outage-hold.ts'
import { type HoldLimits, OutageHolds, pauseOf } from './outage-holds.ts'
import { rawSender } from './producer.ts'
import { type StallingDecoder, stallingDecoder, waitingDecoder } from './stalling-decoder.ts'
import type { EvolvedConsumer, KafkajsConsumerOptions } from './types.ts'

/**
 * The consumer with `run` decoding what the configured topics hold; the rest is the consumer's own. Where a registry outage pauses partitions,
 * pausing, seeking and stopping know of it.
 * @throws EvolveError `invalid-options`.
 */
export function wrapConsumer<T extends Topics>(
  pipeline: MessagePipeline,
  consumer: Consumer,
  options: KafkajsConsumerOptions = {},
): EvolvedConsumer<T> {
  const policy = undecodablePolicy(pipeline, consumer, options)
  const limits = holdLimits(options)
  const holds = limits && new OutageHolds(consumer, { logger: pipeline.report.logger, paused: pipeline.paused }, limits)
  const decoders = new Map<string, StallingDecoder>()
  for (const [topic, decode] of pipeline.decoders(policy)) {
    const lookup = pipeline.lookups.get(topic)
    decoders.set(topic, holds && lookup ? stallingDecoder(decode, lookup, holds) : waitingDecoder(decode))
  }
  const run = async (config?: ConsumerRunConfig): Promise<void> => {
    holds?.start()
    return consumer.run(config && decodingConfig(decoders, pipeline.isStrict ? knowing(config) : config, holds))
  }
  return delegateTo(consumer, { run, ...(holds && knowingOfHolds(consumer, holds)) }) as unknown as EvolvedConsumer<T>
}

/** The methods of the consumer that concern what is held. */
function knowingOfHolds(consumer: Consumer, holds: OutageHolds): Partial<Consumer> {
  return {
    pause: (topics) => holds.pauses.pause(topics),
    resume: (topics) => holds.pauses.resume(topics),
    seek: (to) => {
      consumer.seek(to)
      holds.drop(to.topic, to.partition)
    },
    stop: () => {
      holds.stop()
      return consumer.stop()
    },
    disconnect: () => {
      holds.stop()
      return consumer.disconnect()
    },
  }
}

function decodingConfig(
  decoders: ReadonlyMap<string, StallingDecoder>,
  config: ConsumerRunConfig,
  holds: OutageHolds | undefined,
): ConsumerRunConfig {
  const { eachMessage, eachBatch, eachBatchAutoResolve = true } = config
  const eachBatchManner = {
    autoResolve: eachBatchAutoResolve,
    isResolvedByKafkajs: holds === undefined,
    pauseOf: holds && ((topic: string, partition: number) => pauseOf(holds, topic, partition)),
  }
  return {
    ...config,
    // kafkajs takes `null` for a handler that is not there.
    ...(typeof eachMessage === 'function' && { eachMessage: decodingEachMessage(decoders, eachMessage) }),
    ...(typeof eachBatch === 'function' && {
      eachBatch: decodingEachBatch(decoders, eachBatch, eachBatchManner),
      ...(holds !== undefined && { eachBatchAutoResolve: false }),
    }),
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

function holdLimits({
  onRetriable = 'pause',
  pauseAfterMs = 1_000,
  maxPauseMs = Infinity,
}: KafkajsConsumerOptions): HoldLimits | undefined {
  if (onRetriable !== 'pause' && onRetriable !== 'throw')
    throw new EvolveError('invalid-options', "onRetriable is neither 'pause' nor 'throw'")
  for (const [name, value] of Object.entries({ pauseAfterMs, maxPauseMs })) {
    if (typeof value !== 'number' || !(value >= 0)) throw new EvolveError('invalid-options', `${name} is no number of milliseconds`)
  }
  return onRetriable === 'pause' ? { pauseAfterMs: Math.min(pauseAfterMs, longestTimer), maxPauseMs } : undefined
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
