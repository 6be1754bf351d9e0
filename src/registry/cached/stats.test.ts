import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { lockedRegistry } from '../lockfile/locked-registry.ts'
import { memoryRegistry } from '../memory.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import { cachedRegistry } from './cached-registry.ts'
import { type CacheEvent, cacheChannel } from './stats.ts'

const record = (name: string) => avroText({ type: 'record', name, fields: [] })
const listeners: ((event: unknown) => void)[] = []
afterEach(() => {
  for (const listener of listeners.splice(0)) unsubscribe(cacheChannel, listener)
})

function listen(): CacheEvent[] {
  const events: CacheEvent[] = []
  const listener = (event: unknown): void => void events.push(event as CacheEvent)
  listeners.push(listener)
  subscribe(cacheChannel, listener)
  return events
}

describe('the counts of a cache', () => {
  it('say what came of each question, and so do its events', async () => {
    const events = listen()
    const memory = memoryRegistry()
    const clock = { ms: 0 }
    const cached = cachedRegistry(memory, { now: () => clock.ms })
    const a = await cached.register('s', record('A'))
    await Promise.all([cached.schemaById(1), cached.lookup('s', record('A')), cached.version('s', 1)])
    await Promise.all([cached.latest('s'), cached.latest('s'), cached.versions('s')])
    cached.peekById(1)
    cached.peekById(9)
    for (let n = 0; n < 3; n += 1) await expectCode(cached.schemaById(9), 'schema-not-found')
    clock.ms += 60_000
    await cached.latest('s')
    expect(cached.stats()).toEqual({
      hits: 4,
      misses: 5,
      negativeHits: 2,
      joins: 1,
      stale: 1,
      refreshes: 1,
      failures: 0,
      entries: { schemas: 1, versions: 1, lookups: 1, lists: 1, latest: 1, refusals: 1 },
    })
    expect(events.map(({ type, question }) => `${type} ${question}`)).toEqual([
      'miss register',
      'hit schema-by-id',
      'hit lookup',
      'hit version',
      'miss latest',
      'join latest',
      'miss versions',
      'hit schema-by-id',
      'miss schema-by-id',
      'negative-hit schema-by-id',
      'negative-hit schema-by-id',
      'stale latest',
      'refresh latest',
      'miss latest',
    ])
    expect(events[1]).toEqual({ type: 'hit', question: 'schema-by-id', schemaId: a.id })
    expect(events[4]).toEqual({ type: 'miss', question: 'latest', subject: 's' })
  })

  it('have what failed, with its error where somebody listens', async () => {
    const events = listen()
    const memory = memoryRegistry()
    await memory.register('s', record('A'))
    let down = true
    const failing = {
      ...bound(memory),
      latest: async () => {
        if (down) throw new EvolveError('registry-timeout', 'slow')
        return memory.latest('s')
      },
    }
    const clock = { ms: 0 }
    const cached = cachedRegistry(failing, { now: () => clock.ms, graceMs: 0 })
    await expectCode(cached.latest('s'), 'registry-timeout')
    expect(cached.stats()).toMatchObject({ failures: 1, misses: 1, entries: { refusals: 0 } })
    expect(events.at(-1)).toMatchObject({ type: 'failure', question: 'latest', subject: 's', error: { code: 'registry-timeout' } })
    down = false
    await cached.latest('s')
    down = true
    clock.ms += 60_000
    expect(await cached.latest('s')).toMatchObject({ version: 1 })
    expect(await cached.latest('s')).toMatchObject({ version: 1 })
    expect(cached.stats()).toMatchObject({ failures: 2, stale: 2, hits: 0 })
  })

  it('are made of nothing where nobody listens', async () => {
    const cached = cachedRegistry(memoryRegistry())
    await cached.register('s', record('A'))
    const events = listen()
    await cached.schemaById(1)
    for (const listener of listeners.splice(0)) unsubscribe(cacheChannel, listener)
    await cached.schemaById(1)
    expect(events).toHaveLength(1)
    expect(cached.stats().hits).toBe(2)
  })
})

describe('peeking', () => {
  it('looks through to a registry that can be peeked into', () => {
    const lockfile = { subjects: [{ subject: 's', versions: [{ subject: 's', version: 1, id: 7, ...record('A') }] }] }
    const cached = cachedRegistry(lockedRegistry({ lockfile }))
    expect(cached.peekById(7)).toMatchObject(record('A'))
    expect(cached.peekById(8)).toBeUndefined()
  })
})

function bound(memory: ReturnType<typeof memoryRegistry>) {
  const { schemaById, register, versions, version, lookup, close } = memory
  const methods = Object.entries({ schemaById, register, versions, version, lookup, close })
  return Object.fromEntries(methods.map(([name, method]) => [name, method.bind(memory)])) as Pick<
    typeof memory,
    'schemaById' | 'register' | 'versions' | 'version' | 'lookup' | 'close'
  >
}
