import { setTimeout as sleep } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'
import { SchemaStore } from '../state/store.ts'
import type { ManagedRegistry } from '../types.ts'
import { validateSchema } from '../validate.ts'
import { kafkaFailure } from './failures.ts'
import { linksTo } from './links.ts'
import { TopicNode } from './node.ts'
import { type KafkaRegistryOptions, kafkaSettings } from './options.ts'
import { Replay } from './replay.ts'
import { TopicTail } from './tail.ts'
import { prepareTopic } from './topic.ts'
import { TopicEnd } from './topic-end.ts'
import { TopicWriter } from './writer.ts'

/**
 * A registry in a compacted topic of Kafka, in the layout of Confluent's `_schemas`; it goes on with one that Confluent's registry or Karapace has written, once those are
 * stopped. Any number of nodes may read and write it at once. Each has all schemas in memory and answers from there, also while the cluster has no leader. What a
 * change has answered is acknowledged by all in-sync replicas and was read back.
 * @throws EvolveError `invalid-options` (also for a topic in which schemas would not be safe), `registry-corrupt` for a topic that was copied,
 * `registry-unavailable`, `registry-timeout`, `missing-prerequisite` without kafkajs.
 */
export async function kafkaRegistry(options: KafkaRegistryOptions): Promise<ManagedRegistry> {
  const settings = kafkaSettings(options)
  const { topic, firstId, level, timeouts, onUnknown } = settings
  const deadline = performance.now() + timeouts.startMs
  const links = await linksTo(options, settings)
  await prepareTopic(links, settings, deadline)
  const store = new SchemaStore(firstId, level)
  const replay = new Replay(store, onUnknown)
  const parts = {
    settings,
    validate: options.validate ?? validateSchema,
    store,
    replay,
    tail: new TopicTail(links, settings, replay),
    end: new TopicEnd(links, topic),
    writer: new TopicWriter(links, topic, timeouts.requestMs),
  }
  const node = new TopicNode(parts)
  try {
    parts.tail.start()
    const end = await endOf(parts.end, timeouts.requestMs, deadline)
    if (end > 0) await parts.tail.passed(end - 1, deadline - performance.now())
    checkOffsets(replay, topic)
    await node.pin()
    return node
  } catch (error) {
    await node.close()
    throw kafkaFailure(error, 'read the topic', topic)
  }
}

async function endOf(topicEnd: TopicEnd, requestMs: number, deadline: number): Promise<number> {
  for (;;) {
    try {
      return await topicEnd.ask(requestMs)
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await sleep(200)
  }
}

/** Throws `registry-corrupt` for a topic whose records are not where they were written: which of them count cannot be told then. */
function checkOffsets({ counted: { stamped, late, early } }: Replay, topic: string): void {
  if (early === 0 && (stamped > 0 || late < 5)) return
  throw new EvolveError('registry-corrupt', 'the records are not at the offsets at which they were written: the topic was copied', {
    topic,
    hint: 'use the topic that it was copied from, or import the schemas from a registry on that into one on an empty topic',
  })
}
