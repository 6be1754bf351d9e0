/** How long `kafka-evolve check` takes, process start included: 100 schemas with 10 versions each. `node gate.mjs`, after a build. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryRegistry, pullLockfile, serveRegistry, writeLockfile } from '../dist/registry/index.js'

const [SCHEMAS, VERSIONS, RUNS] = [100, 10, 9]
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-gate-'))
const git = (...args) => execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], { cwd: folder })

/** An order with a customer, items, a status, and one more optional field in each version. */
const schema = (number, version) => ({
  type: 'record',
  name: `Order${number}`,
  namespace: 'shop',
  doc: 'An order, as it was placed.',
  fields: [
    { name: 'id', type: 'string' },
    {
      name: 'customer',
      type: { type: 'record', name: `Customer${number}`, fields: [{ name: 'email', type: ['null', 'string'], default: null }] },
    },
    { name: 'items', type: { type: 'array', items: { type: 'record', name: `Item${number}`, fields: [{ name: 'sku', type: 'string' }] } } },
    { name: 'status', type: { type: 'enum', name: `Status${number}`, symbols: ['placed', 'paid'], default: 'placed' } },
    ...Array.from({ length: version }, (_, at) => ({ name: `field${at}`, type: ['null', 'long'], default: null })),
  ],
})
const textOf = (number, version) => JSON.stringify(schema(number, version), null, 2)

const run = (args) =>
  new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, [main, 'check', 'schemas', ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('close', (code) => (code === 0 ? resolve(performance.now() - start) : reject(new Error(`check ended with ${code}`))))
  })

mkdirSync(join(folder, 'schemas'))
git('init', '-q', '-b', 'main')
const registry = memoryRegistry({ compatibility: 'FULL_TRANSITIVE' })
const server = await serveRegistry({ registry })
try {
  for (let version = 1; version <= VERSIONS + 1; version += 1) {
    for (let number = 0; number < SCHEMAS; number += 1) {
      const text = textOf(number, version)
      writeFileSync(join(folder, `schemas/orders${number}.avsc`), text)
      if (version <= VERSIONS) await registry.register(`orders${number}-value`, { format: 'AVRO', text })
    }
    if (version > VERSIONS) continue
    git('add', '-A')
    git('commit', '-q', '-m', `version ${version}`)
  }
  await writeLockfile(join(folder, 'schemas.lock'), await pullLockfile(registry, 'all'))
  const level = ['--level', 'FULL_TRANSITIVE']
  const against = { git: ['--against', 'main', ...level], 'lock file': ['--against', 'schemas.lock'], registry: ['--registry', server.url] }
  for (const [what, args] of Object.entries(against)) {
    const times = []
    for (let at = 0; at < RUNS; at += 1) times.push(await run(args))
    times.sort((a, b) => a - b)
    console.log(`${what.padEnd(10)} median ${Math.round(times[RUNS >> 1])} ms, fastest ${Math.round(times[0])} ms`)
  }
} finally {
  await server.close()
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
}
