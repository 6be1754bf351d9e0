import { afterEach, describe, expect, it } from 'vitest'
import { avro } from '../../avro.ts'
import { evolve } from '../../evolve.ts'
import { client, closeAll, closeLast, refusal, serve } from '../http/fake-server.test-support.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import { cachedRegistry } from './cached-registry.ts'

afterEach(closeAll)

const known = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
/** A message under the ID: `{ a: 3 }`. */
const message = (id: number): Buffer => Buffer.from([0, 0, 0, 0, id, 6])

/** A registry that knows ID 1 at once, ID 2 when it is told to, and no other. */
async function halfSlow() {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  const server = await serve(async (request, response) => {
    if (request.url === '/schemas/ids/2') await passed
    if (/\/[12]$/.test(request.url ?? '')) response.end(JSON.stringify({ schema: known }))
    else response.writeHead(404).end(refusal(40403))
  })
  const registry = client(server.url)
  const service = evolve({ registry, topics: { t: { value: avro(known) } } })
  return { server, registry, open: () => open(), read: (id: number) => service.deserializer('t', 'value').deserialize(message(id)) }
}

describe('look-ups for messages', () => {
  it('of one bad ID are one request for 20 messages, one after the other and at once', async () => {
    const { server, read } = await halfSlow()
    for (let n = 0; n < 20; n += 1)
      await expectCode(
        Promise.resolve().then(() => read(99)),
        'schema-not-found',
      )
    expect(server.asked).toEqual(['GET /schemas/ids/99'])
    await Promise.all(
      Array.from({ length: 20 }, () =>
        expectCode(
          Promise.resolve().then(() => read(98)),
          'schema-not-found',
        ),
      ),
    )
    expect(server.asked).toEqual(['GET /schemas/ids/99', 'GET /schemas/ids/98'])
  })

  it('of one ID that 200 wait for are one request', async () => {
    const { server, registry, open } = await halfSlow()
    const cached = cachedRegistry(registry)
    const waiting = Array.from({ length: 200 }, () => cached.schemaById(2))
    await expect.poll(() => server.asked).toHaveLength(1)
    open()
    expect(new Set(await Promise.all(waiting)).size).toBe(1)
    expect(server.asked).toEqual(['GET /schemas/ids/2'])
    expect(cached.stats()).toMatchObject({ misses: 1, joins: 199, failures: 0 })
  })

  it('of a slow one hold up nobody who reads what is known', async () => {
    const { server, open, read } = await halfSlow()
    await read(1)
    let isDone = false
    const slow = Promise.resolve(read(2)).finally(() => {
      isDone = true
    })
    await expect.poll(() => server.asked).toHaveLength(2)
    // Not a promise: it is there at once, whatever others wait for.
    for (let n = 0; n < 100; n += 1) expect(read(1)).toEqual({ a: 3 })
    expect(isDone).toBe(false)
    open()
    expect(await slow).toEqual({ a: 3 })
    expect(server.asked).toHaveLength(2)
  })

  it('are remembered as the options of a cache say that is given', async () => {
    const { server, registry } = await halfSlow()
    const cached = cachedRegistry(registry, { negativeTtlMs: 0 })
    const { deserialize } = evolve({ registry: cached, topics: { t: { value: avro(known) } } }).deserializer('t', 'value')
    for (let n = 0; n < 3; n += 1)
      await expectCode(
        Promise.resolve().then(() => deserialize(message(99))),
        'schema-not-found',
      )
    expect(server.asked).toHaveLength(3)
    expect(await deserialize(message(1))).toEqual({ a: 3 })
    expect(cached.stats()).toMatchObject({ misses: 4, entries: { schemas: 1 } })
  })

  it('go on as before in an outage, for all that is known', async () => {
    const { server, registry, open } = await halfSlow()
    open()
    const cached = cachedRegistry(registry, { latestTtlMs: 0, negativeTtlMs: 0 })
    const [one, two] = [await cached.schemaById(1), await cached.schemaById(2)]
    const before = cached.stats().entries
    await closeLast()
    for (let n = 0; n < 3; n += 1) {
      await expectCode(cached.schemaById(3), 'registry-unavailable')
      expect(await cached.schemaById(1)).toBe(one)
      expect(cached.peekById(2)).toBe(two)
    }
    expect(cached.stats()).toMatchObject({ failures: 3, entries: before })
    expect(server.asked).toHaveLength(2)
  })
})
