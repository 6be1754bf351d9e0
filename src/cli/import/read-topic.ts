import { kafkaFailure } from '../../registry/kafka/failures.ts'
import { linksTo } from '../../registry/kafka/links.ts'
import { kafkaSettings } from '../../registry/kafka/options.ts'
import { Replay } from '../../registry/kafka/replay.ts'
import { TopicTail } from '../../registry/kafka/tail.ts'
import { TopicEnd } from '../../registry/kafka/topic-end.ts'
import { SchemaStore } from '../../registry/state/store.ts'
import { usageError } from '../usage.ts'
import { readDump } from './read-dump.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'

/** What the topic of a registry says. */
export interface TopicContents {
  readonly snapshot: Snapshot
  /** Records that were passed over, and why. */
  readonly notes: readonly string[]
}

/** Milliseconds for a topic to be read. */
const mostMs = 120_000

/** Reads the topic of a running or stopped registry to its end. Writes nothing. @throws EvolveError what the brokers answer. */
export async function readTopic(address: string, stop: AbortSignal): Promise<TopicContents> {
  const { brokers, topic } = topicAddress(address)
  const settings = kafkaSettings({ brokers, topic, groupPrefix: 'kafka-evolve-import' })
  const links = await linksTo({ brokers }, settings)
  const reading = newReading()
  const tail = new TopicTail(links, settings, reading.replay)
  const end = new TopicEnd(links, topic)
  const stopped = (): void => void tail.close()
  stop.addEventListener('abort', stopped)
  try {
    stop.throwIfAborted()
    const last = await end.ask(settings.timeouts.startMs)
    tail.start()
    if (last > 0) await tail.passed(last - 1, mostMs)
    return reading.contents()
  } catch (error) {
    stop.throwIfAborted()
    throw kafkaFailure(error, 'read the topic', topic)
  } finally {
    stop.removeEventListener('abort', stopped)
    await tail.close()
    end.close()
  }
}

/** Reads a dump of such a topic. @throws EvolveError `invalid-options` that names the line at fault. */
export function readTopicDump(text: string, path: string): TopicContents {
  const reading = newReading()
  for (const record of readDump(text, path)) reading.replay.apply(record)
  return reading.contents()
}

function newReading(): { readonly replay: Replay; contents(): TopicContents } {
  const store = new SchemaStore(1)
  const notes: string[] = []
  const replay = new Replay(store, ({ offset, keytype, subject, problem }) => {
    const what = [keytype, subject].filter((word) => word !== undefined).join(' ')
    notes.push(`the record at offset ${offset}${what === '' ? '' : ` (${what})`} was passed over: ${problem}`)
  })
  return { replay, contents: () => ({ snapshot: snapshotOf(store), notes }) }
}

function topicAddress(address: string): { readonly brokers: readonly string[]; readonly topic: string } {
  const [, list = '', query = ''] = /^kafka:(?:\/\/)?([^?]*)(?:\?(.*))?$/.exec(address) ?? []
  const brokers = list.split(',').filter((broker) => broker !== '')
  const parameters = new URLSearchParams(query)
  const topic = parameters.get('topic') ?? '_schemas'
  const stranger = [...parameters.keys()].find((name) => name !== 'topic')
  if (brokers.length === 0 || topic === '' || stranger !== undefined || !brokers.every((broker) => /^[\w.[\]:-]+:\d+$/.test(broker)))
    throw usageError('a topic is given as kafka:HOST:PORT,HOST:PORT?topic=NAME', 'for TLS or SASL dump it with kcat -J and import the dump')
  return { brokers, topic }
}
