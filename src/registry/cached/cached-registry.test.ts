import { describe, expect, it } from 'vitest'
import { type ErrorCode, EvolveError } from '../../errors.ts'
import { memoryRegistry } from '../memory.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { Registry } from '../types.ts'
import { cachedRegistry } from './cached-registry.ts'
import type { CachedRegistryOptions } from './options.ts'

const record = (name: string) => avroText({ type: 'record', name, fields: [] })

/** A registry that writes down what it is asked, and does to a question what the test says. */
function watched(before: (question: string, signal: AbortSignal | undefined) => Promise<void> | void = () => undefined) {
  const memory = memoryRegistry()
  const asked: string[] = []
  const watch =
    <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const question = `${name} ${args.filter((arg) => typeof arg !== 'object').join(' ')}`.trim()
      asked.push(question)
      const last = args.at(-1)
      await before(question, typeof last === 'object' && last !== null && 'signal' in last ? (last.signal as AbortSignal) : undefined)
      return call(...args)
    }
  const registry: Registry = {
    schemaById: watch('id', (...args) => memory.schemaById(...args)),
    register: watch('register', (...args) => memory.register(...args)),
    versions: watch('versions', (...args) => memory.versions(...args)),
    version: watch('version', (...args) => memory.version(...args)),
    latest: watch('latest', (...args) => memory.latest(...args)),
    lookup: watch('lookup', (...args) => memory.lookup(...args)),
    close: watch('close', () => memory.close()),
  }
  return { memory, registry, asked }
}

function clocked(options: CachedRegistryOptions = {}, before?: Parameters<typeof watched>[0]) {
  const clock = { ms: 1_000_000 }
  const inner = watched(before)
  return { ...inner, clock, cached: cachedRegistry(inner.registry, { now: () => clock.ms, ...options }) }
}

/** What goes on behind the callers' backs has gone on. */
async function settled(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A promise that the test settles. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

describe('what cannot change', () => {
  it('is asked once', async () => {
    const { cached, memory, asked, clock } = clocked()
    const a = await memory.register('s', record('A'))
    for (let n = 0; n < 3; n += 1) {
      expect(await cached.schemaById(a.id)).toBe(await cached.schemaById(a.id))
      expect(await cached.version('s', 1)).toEqual(a)
      expect(await cached.lookup('s', record('A'))).toEqual(a)
      expect(await cached.register('s', record('A'))).toEqual(a)
      clock.ms += 10_000_000
    }
    expect(asked).toEqual(['id 1', 'version s 1', 'lookup s'])
  })

  it.each<[string, (registry: Registry) => Promise<unknown>]>([
    ['register', (registry) => registry.register('s', record('A'))],
    ['lookup', (registry) => registry.lookup('s', record('A'))],
    ['version', (registry) => registry.version('s', 1)],
    ['latest', (registry) => registry.latest('s')],
  ])('is learned from %s as well', async (name, call) => {
    const { cached, memory, asked } = clocked()
    if (name !== 'register') await memory.register('s', record('A'))
    await call(cached)
    expect(cached.peekById(1)).toMatchObject({ id: 1, text: record('A').text })
    expect(cached.peekById(1)).not.toHaveProperty('subject')
    expect(await cached.schemaById(1)).toBe(cached.peekById(1))
    expect(await cached.version('s', 1)).toMatchObject({ id: 1 })
    expect(asked).toHaveLength(1)
  })

  it('makes room for what is used more often', async () => {
    const { cached, memory, asked } = clocked({ maxEntries: 2 })
    for (const name of ['A', 'B', 'C']) await memory.register('s', record(name))
    for (const id of [1, 2, 1, 3, 1, 2]) await cached.schemaById(id)
    expect(asked).toEqual(['id 1', 'id 2', 'id 3', 'id 2'])
    expect(cached.peekById(3)).toBeUndefined()
  })

  it('is not found by peeking alone', () => {
    const { cached, asked } = clocked()
    expect(cached.peekById(1)).toBeUndefined()
    expect(asked).toEqual([])
  })
})

describe('what is not there', () => {
  it.each<[string, ErrorCode, (registry: Registry) => Promise<unknown>]>([
    ['an ID', 'schema-not-found', (registry) => registry.schemaById(9)],
    ['a subject', 'subject-not-found', (registry) => registry.versions('none')],
    ['the latest of a subject', 'subject-not-found', (registry) => registry.latest('none')],
    ['a version', 'version-not-found', (registry) => registry.version('s', 9)],
    ['a schema', 'schema-not-in-subject', (registry) => registry.lookup('s', record('B'))],
  ])('%s, is believed for 30 s', async (_name, code, call) => {
    const { cached, memory, asked, clock } = clocked()
    await memory.register('s', record('A'))
    const first = await expectCode(call(cached), code)
    const second = await expectCode(call(cached), code)
    expect(second.message).toBe(first.message)
    clock.ms += 29_999
    await expectCode(call(cached), code)
    expect(asked).toHaveLength(1)
    clock.ms += 1
    await expectCode(call(cached), code)
    expect(asked).toHaveLength(2)
  })

  it('is believed for as long as the option says', async () => {
    const { cached, asked } = clocked({ negativeTtlMs: 0 })
    await expectCode(cached.schemaById(9), 'schema-not-found')
    await expectCode(cached.schemaById(9), 'schema-not-found')
    expect(asked).toHaveLength(2)
  })

  it('is there at once after it was registered here', async () => {
    const { cached } = clocked()
    await expectCode(cached.schemaById(1), 'schema-not-found')
    await expectCode(cached.latest('s'), 'subject-not-found')
    await expectCode(cached.versions('s'), 'subject-not-found')
    await expectCode(cached.version('s', 1), 'subject-not-found')
    await expectCode(cached.lookup('s', record('A')), 'subject-not-found')
    await expectCode(cached.latest('other'), 'subject-not-found')
    const a = await cached.register('s', record('A'))
    expect(await cached.schemaById(1)).toMatchObject({ id: 1 })
    expect(await cached.latest('s')).toEqual(a)
    expect(await cached.versions('s')).toEqual([1])
    expect(await cached.version('s', 1)).toEqual(a)
    expect(await cached.lookup('s', record('A'))).toEqual(a)
  })

  it.each<ErrorCode>(['registry-unavailable', 'registry-timeout', 'registry-bad-answer', 'registry-rejected', 'incompatible-registration'])(
    'is not concluded from %s',
    async (code) => {
      let fails = true
      const { cached, memory, asked } = clocked({}, () => {
        if (fails) throw new EvolveError(code, 'no')
      })
      const { id } = await memory.register('s', record('A'))
      await expectCode(cached.schemaById(id), code)
      fails = false
      expect(await cached.schemaById(id)).toMatchObject({ id })
      expect(asked).toHaveLength(2)
    },
  )

  it('a schema that is none, is concluded for 30 s', async () => {
    const { cached, asked, clock } = clocked({}, () => {
      throw new EvolveError('invalid-schema', 'the schema text is not JSON')
    })
    for (let n = 0; n < 20; n += 1) await expectCode(cached.schemaById(1), 'invalid-schema')
    expect(asked).toHaveLength(1)
    clock.ms += 30_000
    await expectCode(cached.schemaById(1), 'invalid-schema')
    expect(asked).toHaveLength(2)
    // What is asked with a schema may depend on others that it refers to.
    for (let n = 0; n < 2; n += 1) await expectCode(cached.lookup('s', record('A')), 'invalid-schema')
    expect(asked).toHaveLength(4)
  })

  it('does not fill the memory', async () => {
    const { cached, asked } = clocked({ maxEntries: 100 })
    for (let id = 0; id < 300; id += 1) await expectCode(cached.schemaById(id), 'schema-not-found')
    for (let id = 200; id < 300; id += 1) await expectCode(cached.schemaById(id), 'schema-not-found')
    expect(asked).toHaveLength(300)
    await expectCode(cached.schemaById(0), 'schema-not-found')
    expect(asked).toHaveLength(301)
  })
})

describe('what changes', () => {
  it('is believed for a minute', async () => {
    const { cached, memory, asked, clock } = clocked({ graceMs: 0 })
    const a = await memory.register('s', record('A'))
    expect(await cached.latest('s')).toEqual(a)
    expect(await cached.versions('s')).toEqual([1])
    const b = await memory.register('s', record('B'))
    clock.ms += 59_999
    expect(await cached.latest('s')).toEqual(a)
    expect(await cached.versions('s')).toEqual([1])
    expect(asked).toHaveLength(2)
    clock.ms += 1
    expect(await cached.latest('s')).toEqual(b)
    expect(await cached.versions('s')).toEqual([1, 2])
  })

  it('is new at once after a registration here', async () => {
    const { cached } = clocked()
    await cached.register('s', record('A'))
    await cached.latest('s')
    await cached.versions('s')
    const b = await cached.register('s', record('B'))
    expect(await cached.latest('s')).toEqual(b)
    expect(await cached.versions('s')).toEqual([1, 2])
  })

  it('is new at once also when an older question is still under way', async () => {
    const slow = gate()
    let first = true
    const { cached, memory } = clocked({}, async (question) => {
      if (question !== 'latest s' || !first) return
      first = false
      await slow.passed
    })
    const a = await memory.register('s', record('A'))
    // What this one answers is from before: the registration overtakes it.
    const stale = cached.latest('s')
    const b = await cached.register('s', record('B'))
    expect(await cached.latest('s')).toEqual(b)
    slow.open()
    expect([a.id, b.id]).toContain((await stale).id)
    expect(await cached.latest('s')).toEqual(b)
  })

  it('is given out as it was while the registry is down, and nobody waits for it twice', async () => {
    let down = false
    const { cached, memory, asked, clock } = clocked({}, () => {
      if (down) throw new EvolveError('registry-timeout', 'slow')
    })
    const a = await memory.register('s', record('A'))
    await cached.latest('s')
    await cached.versions('s')
    const b = await memory.register('s', record('B'))
    down = true
    clock.ms += 60_000
    for (let n = 0; n < 4; n += 1) {
      expect(await cached.latest('s')).toEqual(a)
      expect(await cached.versions('s')).toEqual([1])
    }
    expect(asked).toHaveLength(4)
    clock.ms += 5_000
    expect(await cached.latest('s')).toEqual(a)
    expect(asked).toHaveLength(5)
    await settled()
    down = false
    clock.ms += 5_000
    // This one still gets the old answer; it only sets the question going.
    expect(await cached.latest('s')).toEqual(a)
    await settled()
    expect(await cached.latest('s')).toEqual(b)
  })

  it('is not given out once the registry says that it is gone', async () => {
    let gone = false
    const { cached, memory, clock } = clocked({}, () => {
      if (gone) throw new EvolveError('subject-not-found', 'deleted')
    })
    await memory.register('s', record('A'))
    await cached.latest('s')
    gone = true
    clock.ms += 60_000
    // In its time of grace it is given out once more, while the registry is asked.
    expect(await cached.latest('s')).toMatchObject({ version: 1 })
    await settled()
    await expectCode(cached.latest('s'), 'subject-not-found')
    await expectCode(cached.latest('s'), 'subject-not-found')
  })

  it('is given out at once for another minute, while one question is under way', async () => {
    const slow = gate()
    let count = 0
    const { cached, memory, asked, clock } = clocked({}, async () => {
      count += 1
      if (count > 2) await slow.passed
    })
    const a = await memory.register('s', record('A'))
    await cached.latest('s')
    await cached.versions('s')
    const b = await memory.register('s', record('B'))
    clock.ms += 60_000
    const answers = Array.from({ length: 50 }, () => [cached.latest('s'), cached.versions('s')] as const)
    for (const [latest, versions] of answers) expect([await latest, await versions]).toEqual([a, [1]])
    expect(asked).toHaveLength(4)
    expect(cached.stats()).toMatchObject({ stale: 100, refreshes: 2, misses: 4 })
    slow.open()
    await settled()
    expect([await cached.latest('s'), await cached.versions('s')]).toEqual([b, [1, 2]])
    expect(asked).toHaveLength(4)
  })

  it('is waited for once that minute is over, too', async () => {
    const { cached, memory, clock } = clocked()
    await memory.register('s', record('A'))
    await cached.latest('s')
    const b = await memory.register('s', record('B'))
    clock.ms += 120_000
    expect(await cached.latest('s')).toEqual(b)
  })

  it('that was never known fails as the registry does', async () => {
    const { cached } = clocked({}, () => {
      throw new EvolveError('registry-unavailable', 'down')
    })
    await expectCode(cached.latest('s'), 'registry-unavailable')
    await expectCode(cached.versions('s'), 'registry-unavailable')
  })
})

describe('questions at the same time', () => {
  it('are asked once where they are equal', async () => {
    const slow = gate()
    const { cached, memory, asked } = clocked({}, () => slow.passed)
    await memory.register('s', record('A'))
    const answers = [
      ...Array.from({ length: 200 }, () => cached.schemaById(1)),
      ...Array.from({ length: 50 }, () => cached.latest('s')),
      ...Array.from({ length: 50 }, () => cached.register('t', record('T'))),
    ]
    slow.open()
    expect(new Set(await Promise.all(answers)).size).toBe(3)
    expect(asked.sort()).toEqual(['id 1', 'latest s', 'register t'])
  })

  it('do not wait for each other where they are not', async () => {
    const slow = gate()
    const { cached, memory } = clocked({}, (question) => (question === 'id 2' ? slow.passed : undefined))
    await memory.register('s', record('A'))
    await memory.register('s', record('B'))
    const waiting = cached.schemaById(2)
    expect(await cached.schemaById(1)).toMatchObject({ id: 1 })
    slow.open()
    expect(await waiting).toMatchObject({ id: 2 })
  })

  it('fail together, and the next one is asked anew', async () => {
    let fails = true
    const slow = gate()
    const { cached, memory, asked } = clocked({}, async () => {
      await slow.passed
      if (fails) throw new EvolveError('registry-unavailable', 'down')
    })
    await memory.register('s', record('A'))
    const both = Promise.allSettled([cached.schemaById(1), cached.schemaById(1)])
    slow.open()
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fails = false
    expect(await cached.schemaById(1)).toMatchObject({ id: 1 })
    expect(asked).toHaveLength(2)
  })

  it('go on for the others when one caller gives up', async () => {
    const slow = gate()
    const signals: (AbortSignal | undefined)[] = []
    const { cached, memory, asked } = clocked({}, async (_question, signal) => {
      signals.push(signal)
      await slow.passed
    })
    await memory.register('s', record('A'))
    const controller = new AbortController()
    const reason = new Error('enough')
    const impatient = cached.schemaById(1, { signal: controller.signal })
    const patient = cached.schemaById(1, { signal: new AbortController().signal })
    controller.abort(reason)
    await expect(impatient).rejects.toBe(reason)
    expect(signals[0]?.aborted).toBe(false)
    slow.open()
    expect(await patient).toMatchObject({ id: 1 })
    expect(asked).toEqual(['id 1'])
  })

  it('are called off when all callers give up, and asked anew by the next', async () => {
    const slow = gate()
    let first: AbortSignal | undefined
    const { cached, memory, asked } = clocked({}, async (_question, signal) => {
      if (first !== undefined) return
      first = signal
      await slow.passed
    })
    await memory.register('s', record('A'))
    const controller = new AbortController()
    const callers = [cached.schemaById(1, { signal: controller.signal }), cached.schemaById(1, { signal: controller.signal })]
    controller.abort(new Error('enough'))
    for (const caller of callers) await expect(caller).rejects.toThrow('enough')
    expect(first?.aborted).toBe(true)
    expect(await cached.schemaById(1)).toMatchObject({ id: 1 })
    expect(asked).toEqual(['id 1', 'id 1'])
    slow.open()
  })
})

describe('cachedRegistry', () => {
  it('closes the other registry', async () => {
    const { cached, asked } = clocked()
    await cached.close()
    expect(asked).toEqual(['close'])
  })

  it.each([{ maxEntries: 0 }, { negativeTtlMs: -1 }, { latestTtlMs: Number.NaN }, { graceMs: -1 }])('refuses %j', (options) => {
    expect(() => cachedRegistry(memoryRegistry(), options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})
