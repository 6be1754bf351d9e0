// One registry, kept in a file and served over HTTP, for services that run elsewhere. Any Confluent-compatible registry takes its place.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evolve, type OutOf } from 'kafka-evolve'
import { fileRegistry, httpRegistry, type RegistryServer, serveRegistry } from 'kafka-evolve/registry'
import { collect } from './lib/collect.ts'
import { type ExampleOptions, onKafka } from './lib/on-kafka.ts'
import { OrderV1, OrderV2 } from './lib/orders.ts'

/** What the consumer read, and the versions of the subject before and after the registry was started anew. */
export interface Shared {
  readonly order: OutOf<typeof OrderV1>
  readonly versions: readonly number[]
  readonly versionsAfterRestart: readonly number[]
}

export async function main(options: ExampleOptions = {}): Promise<Shared> {
  const folder = await mkdtemp(join(tmpdir(), 'example-registry-'))
  const path = join(folder, 'schemas.log')
  try {
    return await onKafka(options, ['example-orders'], async ({ kafka, print }) => {
      const server = await serve(path)
      print(`the registry answers at ${server.url}`)

      // Two services, each with a client of its own. The first one is newer.
      const newer = evolve({ registry: httpRegistry({ url: server.url }), topics: { 'example-orders': { value: OrderV2 } } })
      const older = evolve({ registry: httpRegistry({ url: server.url }), topics: { 'example-orders': { value: OrderV1 } } })
      await older.register()
      await newer.register()

      const producer = newer.producer(kafka.producer())
      const consumer = older.consumer(kafka.consumer({ groupId: 'example-older', maxWaitTimeInMs: 100 }))
      await Promise.all([producer.connect(), consumer.connect()])
      const value = { id: 'o-1', status: 'placed' as const, items: [{ sku: 'tea', quantity: 2 }] }
      await producer.send({ topic: 'example-orders', messages: [{ value }] })
      await consumer.subscribe({ topics: ['example-orders'], fromBeginning: true })
      const [order] = await collect<OutOf<typeof OrderV1>>(1, (push) =>
        consumer.run({ eachMessage: async ({ message }) => push(message.value) }),
      )
      if (order === undefined) throw new Error('collect gives as many as it was asked for')
      print(`the old service reads ${JSON.stringify(order)}`)

      const versions = await versionsAt(server.url)
      await Promise.all([producer.disconnect(), consumer.disconnect()])
      await Promise.all([newer.close(), older.close()])
      await server.close()

      const restarted = await serve(path)
      const versionsAfterRestart = await versionsAt(restarted.url)
      print(`versions after a restart: ${versionsAfterRestart.join(', ')}`)
      await restarted.close()
      return { order, versions, versionsAfterRestart }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A server for the registry in the file; closing it lets go of the file. */
async function serve(path: string): Promise<RegistryServer> {
  const registry = await fileRegistry({ path })
  const server = await serveRegistry({ registry })
  const close = async (): Promise<void> => {
    await server.close()
    await registry.close()
  }
  return { ...server, close }
}

async function versionsAt(url: string): Promise<readonly number[]> {
  const registry = httpRegistry({ url })
  const versions = await registry.versions('example-orders-value')
  await registry.close()
  return versions
}

if (process.argv[1] === import.meta.filename) await main()
