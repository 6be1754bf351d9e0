import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import { kafkaFailure, rootOf } from './failures.ts'
import { type Links, letGo } from './links.ts'
import type { KafkaSettings } from './options.ts'

/**
 * Makes the topic where it is missing, and refuses one in which schemas would not be safe: of several partitions (there would be no order), or one that deletes
 * old records instead of compacting them.
 * @throws EvolveError `invalid-options` for such a topic, with the command that cures it; `registry-unavailable` and others while brokers do not answer.
 */
export async function prepareTopic(links: Links, settings: KafkaSettings, deadline: number): Promise<void> {
  const { topic } = settings
  for (;;) {
    const admin = links.admin()
    try {
      await admin.connect()
      await makeWhereMissing(admin, settings)
      return await check(admin, settings)
    } catch (error) {
      const failure = kafkaFailure(error, 'prepare the topic', topic)
      if (!failure.retryable || performance.now() > deadline) throw failure
    } finally {
      await letGo(admin)
    }
    await sleep(200)
  }
}

async function makeWhereMissing(admin: Admin, { topic, replicationFactor, logger }: KafkaSettings): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return
  const { brokers } = await admin.describeCluster()
  const copies = replicationFactor ?? Math.min(3, brokers.length)
  const configEntries = [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'min.insync.replicas', value: copies >= 3 ? '2' : '1' },
    { name: 'unclean.leader.election.enable', value: 'false' },
    // The largest schema there may be, whatever JSON makes of its characters.
    { name: 'max.message.bytes', value: String(8 * 1024 * 1024) },
  ]
  // Another node may be doing the same: then it is not made here, and that is no error.
  const made = await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 1, replicationFactor: copies, configEntries }],
  })
  if (made) logger.info({ topic, copies }, 'the topic of the registry was made')
}

async function check(admin: Admin, settings: KafkaSettings): Promise<void> {
  const { topic, logger } = settings
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics[0]?.partitions ?? []
  if (partitions.length !== 1) {
    const hint = 'give the registry a topic of its own with one partition'
    throw new EvolveError('invalid-options', `the topic has ${partitions.length} partitions, and records would have no order`, {
      topic,
      hint,
    })
  }
  const configs = await configsOf(admin, settings)
  if (configs === undefined) return
  const policy = configs.get('cleanup.policy')
  if (policy !== 'compact') {
    throw new EvolveError('invalid-options', `the topic has cleanup.policy=${policy}, and schemas would be deleted`, {
      topic,
      hint: `kafka-configs.sh --bootstrap-server … --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=compact`,
    })
  }
  const replicas = partitions[0]?.replicas.length ?? 0
  const inSync = Number(configs.get('min.insync.replicas'))
  if (inSync > replicas) {
    throw new EvolveError('invalid-options', `the topic has ${replicas} copies and min.insync.replicas=${inSync}: nothing can be written`, {
      topic,
      hint: `kafka-configs.sh --bootstrap-server … --alter --entity-type topics --entity-name ${topic} --add-config min.insync.replicas=${replicas}`,
    })
  }
  const { brokers } = await admin.describeCluster()
  if (replicas < Math.min(3, brokers.length)) {
    logger.warn({ topic, replicas, brokers: brokers.length }, 'the topic of the registry has fewer than 3 copies')
  }
  if (replicas >= 3 && inSync < 2) {
    logger.warn({ topic, inSync }, 'a write counts when one broker has it, which may lose it: set min.insync.replicas=2 for the topic')
  }
  if (configs.get('unclean.leader.election.enable') === 'true') {
    logger.warn({ topic }, 'a broker that lacks records may come to lead the topic: set unclean.leader.election.enable=false for it')
  }
}

/** What is set for the topic; `undefined` where the brokers do not say: they may not let everybody ask. */
async function configsOf(admin: Admin, { topic, logger }: KafkaSettings): Promise<ReadonlyMap<string, string> | undefined> {
  const wanted = ['cleanup.policy', 'min.insync.replicas', 'unclean.leader.election.enable']
  try {
    // The number is kafkajs' for a topic; its constant is out of reach, as the package is optional.
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames: wanted }],
    })
    return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]))
  } catch (error) {
    const { type, name, message } = rootOf(error)
    if (!type?.endsWith('AUTHORIZATION_FAILED') && name !== 'KafkaJSServerDoesNotSupportApiKey') throw error
    logger.warn({ topic, reason: message }, 'the brokers do not say how the topic of the registry is configured; it is not checked')
    return undefined
  }
}
