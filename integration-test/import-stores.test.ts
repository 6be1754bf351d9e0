import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readRegistry, type Snapshot } from '../src/cli/import/snapshot.ts'
import { openStore } from '../src/cli/registry/open-store.ts'
import { storeAddress } from '../src/cli/registry/store-address.ts'
import { confluentTopic, karapaceTopic, type TopicDump } from '../src/registry/kafka/foreign-topics.test-support.ts'
import { uniqueTopic } from './setup/kafka.ts'
import { freshSchema, type Postgres, startPostgres } from './setup/postgres.ts'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the built program as a process of its own. */
function run(argv: readonly string[]): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...argv], { cwd: folder, encoding: 'utf8' }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    )
  })
}

/** All that a store holds, as an importer reads it, and the ID that the next schema gets there. */
async function contents(store: string): Promise<Snapshot & { readonly next: number }> {
  const { registry } = await openStore(storeAddress(store), { level: 'NONE', env: {} })
  try {
    const snapshot = await readRegistry(registry, new AbortController().signal)
    await registry.setMode(undefined, 'READWRITE')
    const { id } = await registry.register('one-more', { format: 'AVRO', text: '{"type":"fixed","name":"New","size":3}' })
    return { ...snapshot, next: id }
  } finally {
    await registry.close()
  }
}

const targets: readonly (readonly [name: string, store: () => Promise<string>])[] = [
  ['PostgreSQL', async () => withSchema(postgres.url, freshSchema())],
  ['Kafka', async () => `kafka:${inject('kafkaBrokers').join(',')}?topic=${await uniqueTopic()}&replicationFactor=1`],
]

function withSchema(url: string, schema: string): string {
  const changed = new URL(url)
  changed.searchParams.set('schema', schema)
  return changed.href
}

const sources: readonly (readonly [name: string, dump: TopicDump])[] = [
  ['Karapace', karapaceTopic],
  ['Confluent', confluentTopic],
]

describe.each(targets)('import --to a store in %s', (target, storeOf) => {
  it.each(sources)('holds what a file store holds after the same import from %s', { timeout: 120_000 }, async (source, dump) => {
    const store = await storeOf()
    const lines = dump.map(([key, payload], offset) => JSON.stringify({ topic: '_schemas', partition: 0, offset, key, payload }))
    const path = `${source}-${target}.jsonl`
    writeFileSync(join(folder, path), `${lines.join('\n')}\n`)
    const file = `file:${join(folder, `${source}-${target}`)}`

    const planned = await run(['import', '--from', path, '--to', store, '--dry-run'])
    expect([planned.code, planned.err]).toEqual([0, ''])
    expect(planned.out).toMatch(/\n\d+ steps to do, 0 versions there already \(dry run\)\n$/)
    const [inStore, inFile] = [
      await run(['import', '--from', path, '--to', store, '--json']),
      await run(['import', '--from', path, '--to', file, '--json']),
    ]
    expect([inStore.code, inStore.err]).toEqual([inFile.code, ''])
    const said = JSON.parse(inStore.out) as { to: string; done: { version: number } }
    expect(said).toEqual({ ...(JSON.parse(inFile.out) as object), to: said.to })
    expect(said.done.version).toBeGreaterThan(4)
    expect(said.to).not.toContain('@')

    // From store to store, so that what the other one refused is no difference.
    const again = await run(['import', '--from', file, '--to', store])
    expect([again.code, again.err]).toEqual([0, ''])
    expect(again.out).toMatch(/\n0 versions imported, \d+ there already, 0 deleted, 0 configs, 0 modes\n$/)
    const there = await contents(store)
    expect(there).toEqual(await contents(file))
    expect(there.next).toBeGreaterThan(Math.max(...there.entries.map(({ entry }) => entry.id)))
  })
})
