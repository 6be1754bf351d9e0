import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Random } from '../../codec/avro/laws/random.test-support.ts'
import { EvolveError, isEvolveError } from '../../errors.ts'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import { httpRegistry } from '../../registry/http/http-registry.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { serveRegistry } from '../../registry/server/serve.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import type { SchemaText } from '../../schema/text.ts'
import { type Ran, runCli } from '../run.test-support.ts'
import { applyImport } from './apply-import.ts'
import { type ImportPlan, planImport } from './plan-import.ts'
import { readRegistry, type Snapshot } from './snapshot.ts'

const never = new AbortController().signal
const manner = { mode: undefined, signal: never, onStep: () => undefined }
const record = (name: string, field: string, type: string = 'string'): SchemaText => ({
  format: 'AVRO',
  text: JSON.stringify({ type: 'record', name, fields: [{ name: field, type }] }),
})

async function plan(source: ManagedRegistry, target: ManagedRegistry): Promise<ImportPlan> {
  return planImport(await readRegistry(source, never), await readRegistry(target, never))
}

/** What two registries must have in common after a move. */
function comparable({ entries, configs, modes }: Snapshot): object {
  const keys = (map: ReadonlyMap<string | undefined, unknown>): unknown[] => [...map].filter(([key]) => key !== undefined).sort()
  return {
    entries: [...entries].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    configs: keys(configs),
    modes: keys(modes),
  }
}

async function expectMoved(source: ManagedRegistry, target: ManagedRegistry): Promise<void> {
  const [from, to] = [await readRegistry(source, never), await readRegistry(target, never)]
  expect(comparable(to)).toEqual(comparable(from))
  expect(planImport(from, to).steps).toEqual([])
}

/** A registry with some of everything. */
async function history(seed: number): Promise<ManagedRegistry> {
  const random = new Random(seed)
  const registry = memoryRegistry({ firstId: random.pick([1, 100]) })
  const subjects = ['a-value', 'b-value', 'c', ':.east:a-value', ':.east:d']
  for (let step = 0; step < 40; step += 1) {
    const subject = random.pick(subjects)
    try {
      switch (random.below(8)) {
        case 0:
          await registry.deleteVersion(subject, random.below(4) + 1)
          break
        case 1:
          await registry.deleteVersion(subject, random.below(4) + 1, { permanent: random.chance(0.5) })
          break
        case 2:
          await registry.setConfig(random.pick([subject, ':.east:']), {
            compatibility: random.pick(['FULL', 'NONE']),
            normalize: random.chance(0.5),
          })
          break
        case 3:
          await registry.register(subject, await referring(registry, subject, random))
          break
        default:
          await registry.register(subject, record(`R${random.below(5)}`, 'f', random.pick(['string', 'int'])))
      }
    } catch (error) {
      if (!isEvolveError(error)) throw error
    }
  }
  if (random.chance(0.5)) await registry.setMode('c', 'READONLY')
  return registry
}

async function referring(registry: ManagedRegistry, subject: string, random: Random): Promise<SchemaText> {
  const inContext = subject.startsWith(':.east:') ? ':.east:' : ''
  const { version, text } = await registry.latest(`${inContext}a-value`)
  const { name } = JSON.parse(text) as { name: string }
  const references = [{ name, subject: 'a-value', version }]
  return { ...record(`Using${random.below(3)}`, 'used', name), references }
}

describe('a move from registry to registry', () => {
  it('brings everything under its IDs, and finds nothing to do the second time: random histories', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const source = await history(seed)
      const target = memoryRegistry()
      const { steps, conflicts } = await plan(source, target)
      expect(conflicts).toEqual([])
      const { failures } = await applyImport(target, steps, manner)
      expect([seed, failures]).toEqual([seed, []])
      await expectMoved(source, target)
      expect(await target.mode()).toBe('READWRITE')
    }
  })

  it('takes the mode in force, which Karapace says of every subject, for none of its own', async () => {
    const source = memoryRegistry()
    for (const subject of ['a', 'b', 'c']) await source.register(subject, record('A', 'f'))
    await source.setMode('b', 'READWRITE')
    await source.setMode(undefined, 'READONLY')
    const karapace: ManagedRegistry = new Proxy(source, {
      get: (target, name) => {
        if (name === 'mode') return (subject?: string) => target.mode(subject, { defaultToGlobal: true })
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    expect([...(await readRegistry(karapace, never)).modes]).toEqual([
      [undefined, 'READONLY'],
      ['b', 'READWRITE'],
    ])
  })

  it('takes what is in force for the default context for nothing of its own', async () => {
    const source = memoryRegistry({ compatibility: 'FULL' })
    await source.register('s', record('A', 'f'))
    const server = await serveRegistry({ registry: source, port: 0 })
    const client = httpRegistry({ url: server.url })
    try {
      const { configs, modes } = await readRegistry(client, never)
      expect([[...configs.keys()], [...modes.keys()]]).toEqual([[undefined], [undefined]])
    } finally {
      await client.close()
      await server.close()
    }
  })

  it('is begun again where it was interrupted, at any step', async () => {
    const source = await history(7)
    const all = (await plan(source, memoryRegistry())).steps.length
    expect(all).toBeGreaterThan(10)
    for (let stop = 1; stop < all; stop += 3) {
      const target = memoryRegistry()
      const controller = new AbortController()
      const onStep = (count: number): void => (count === stop ? controller.abort() : undefined)
      const { steps } = await plan(source, target)
      await expect(applyImport(target, steps, { ...manner, signal: controller.signal, onStep })).rejects.toThrow()
      expect(await target.mode()).toBe('READWRITE')
      const rest = await plan(source, target)
      expect(rest.already).toBeGreaterThan(0)
      await applyImport(target, rest.steps, manner)
      await expectMoved(source, target)
    }
  })

  it('leaves gaps, and gives the next schema an ID that nothing has', async () => {
    const source = memoryRegistry({ firstId: 50 })
    for (const name of ['A', 'B', 'C']) await source.register('s', record(name, 'f'))
    await source.deleteVersion('s', 2)
    await source.deleteVersion('s', 2, { permanent: true })
    const target = memoryRegistry()
    await applyImport(target, (await plan(source, target)).steps, manner)
    expect(await target.versions('s')).toEqual([1, 3])
    expect((await target.schemaById(52)).text).toBe(record('C', 'f').text)
    const next = await target.register('s', record('D', 'f'))
    expect([next.id, next.version]).toEqual([53, 4])
  })

  it('changes nothing where an ID or a version means something else', async () => {
    const [source, target] = [memoryRegistry(), memoryRegistry()]
    await source.register('s', record('A', 'f'))
    await source.register('t', record('B', 'f'))
    await target.register('s', record('X', 'f'))
    await target.register('u', record('B', 'f', 'int'))
    expect((await plan(source, target)).conflicts).toEqual([
      'version 1 of s is another schema at the target',
      'ID 2 (version 1 of t) means another schema at the target',
    ])
  })

  it('goes on behind what the target refuses, and tells it', async () => {
    const source = memoryRegistry()
    await source.register('bad', record('Refused', 'f'))
    await source.deleteVersion('bad', 1)
    await source.register('good', record('A', 'f'))
    const validate = ({ text }: SchemaText): void => {
      if (text.includes('Refused')) throw new EvolveError('invalid-schema', 'this one not')
    }
    const target = memoryRegistry({ validate })
    const { done, failures } = await applyImport(target, (await plan(source, target)).steps, manner)
    expect(done.version).toBe(1)
    expect(failures).toEqual(['version 1 of bad under ID 1: [invalid-schema] this one not'])
  })
})

describe('kafka-evolve import', () => {
  const folder = mkdtempSync(join(quickDisk(), 'kafka-evolve-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (...argv: string[]): Promise<Ran> => runCli(['import', ...argv], { cwd: folder })

  it('tells what it would do, does it, and finds it done', async () => {
    const source = await fileRegistry({ path: join(folder, 'old', 'schemas.log') })
    await source.register('orders-value', record('Order', 'id'))
    await source.register('orders-value', record('Order2', 'id'))
    await source.deleteVersion('orders-value', 1)
    await source.setConfig('orders-value', { compatibility: 'FULL' })
    await source.close()
    const line = ['--from', 'file:old', '--to', `file:${join(folder, 'new')}`]
    const dry = await run(...line, '--dry-run')
    expect(dry).toEqual({
      code: 0,
      err: '',
      out: [
        `file:old → file:${join(folder, 'new')}`,
        '  + version 1 of orders-value under ID 1',
        '  + delete version 1 of orders-value',
        '  + version 2 of orders-value under ID 2',
        '  + config of orders-value: {"compatibility":"FULL"}',
        '4 steps to do, 0 versions there already (dry run)',
        '',
      ].join('\n'),
    })
    expect((await run(...line)).out).toContain('2 versions imported, 0 there already, 1 deleted, 1 config, 0 modes')
    expect((await run(...line)).out).toContain('0 versions imported, 2 there already, 0 deleted, 0 configs, 0 modes')
    const json = JSON.parse((await run(...line, '--json')).out) as object
    expect(json).toMatchObject({ already: 2, done: { version: 0 }, failures: [], conflicts: [], mode: 'READWRITE' })
    const target = await fileRegistry({ path: join(folder, 'new', 'schemas.log'), readOnly: true })
    expect([await target.versions('orders-value'), (await target.schemaById(1)).text]).toEqual([[2], record('Order', 'id').text])
    await target.close()
  })

  it('moves from server to server, all contexts with deleted versions and settings, and leaves passwords out of what it says', async () => {
    const source = await history(11)
    const target = memoryRegistry()
    const rights = { read: [''], write: [''], admin: [''] }
    const from = await serveRegistry({ registry: source, port: 0 })
    const to = await serveRegistry({ registry: target, port: 0, auth: { users: [{ name: 'me', password: 'no-one-knows', rights }] } })
    try {
      const env = { KAFKA_EVOLVE_TO_AUTH: 'me:no-one-knows' }
      const { code, out, err } = await runCli(['import', '--from', from.url, '--to', to.url], { env })
      expect([code, err]).toEqual([0, ''])
      expect(out).not.toContain('no-one-knows')
      await expectMoved(source, target)
      expect((await runCli(['import', '--from', from.url, '--to', to.url], { env })).out).toContain('\n0 versions imported, ')
      const refused = await runCli(['import', '--from', from.url, '--to', to.url, '--to-auth', 'me:wrong'])
      expect([refused.code, refused.err.includes('[registry-rejected]')]).toEqual([2, true])
    } finally {
      await from.close()
      await to.close()
    }
  })

  it('ends with 1 where IDs clash, and sets a mode where that is asked for', async () => {
    const other = await fileRegistry({ path: join(folder, 'other', 'schemas.log') })
    await other.register('payments-value', record('Payment', 'id'))
    await other.close()
    const clash = await run('--from', 'file:old', '--to', `file:${join(folder, 'other')}`)
    expect(clash.code).toBe(1)
    expect(clash.out).toContain('✗ ID 1 (version 1 of orders-value) means another schema at the target')
    expect(clash.out).toContain('1 conflict: nothing was changed')
    const moded = await run('--from', 'file:old', '--to', `file:${join(folder, 'third')}`, '--mode-after', 'READONLY', '--json')
    expect(JSON.parse(moded.out)).toMatchObject({ mode: 'READONLY', done: { version: 2 } })
  })

  it.each<[string, (offset: number, key: object, value: object | null) => string]>([
    [
      'kcat -J',
      (offset, key, value) =>
        JSON.stringify({ topic: '_schemas', partition: 0, offset, key: JSON.stringify(key), payload: value && JSON.stringify(value) }),
    ],
    ['kafka-console-consumer', (_offset, key, value) => `${JSON.stringify(key)}\t${JSON.stringify(value)}`],
    [
      'kafka-console-consumer with offsets',
      (offset, key, value) => `CreateTime:1\tOffset:${offset}\t${JSON.stringify(key)}\t${JSON.stringify(value)}`,
    ],
    ['records as JSON', (_offset, key, value) => JSON.stringify({ key, value })],
  ])('reads what %s makes of the topic of another registry', async (_name, line) => {
    const schema = JSON.stringify({ type: 'record', name: 'Order', fields: [] })
    const records: [object, object | null][] = [
      [{ keytype: 'CONFIG', subject: null, magic: 0 }, { compatibilityLevel: 'FULL' }],
      [{ keytype: 'NOOP', magic: 0 }, null],
      [
        { keytype: 'SCHEMA', subject: 'orders-value', version: 1, magic: 1 },
        { subject: 'orders-value', version: 1, id: 7, schema, deleted: true },
      ],
      [
        { keytype: 'SCHEMA', subject: 'orders-value', version: 3, magic: 1 },
        { subject: 'orders-value', version: 3, id: 9, schema: '"string"', deleted: false },
      ],
      [{ keytype: 'CONFIG', subject: 'orders-value', magic: 0 }, { compatibilityLevel: 'NONE' }],
      [{ keytype: 'STRANGE', magic: 0 }, { id: 12 }],
    ]
    writeFileSync(join(folder, 'dump.jsonl'), `${records.map(([key, value], offset) => line(offset, key, value)).join('\n')}\n`)
    const to = join(folder, `dumped-${line.length}-${_name.length}`)
    const { code, out } = await run('--from', 'dump.jsonl', '--to', `file:${to}`)
    expect(out).toContain('2 versions imported, 0 there already, 1 deleted, 2 configs, 0 modes')
    expect(out).toMatch(/! the record at offset 5 \(STRANGE\) was passed over: /)
    expect(code).toBe(0)
    const target = await fileRegistry({ path: join(to, 'schemas.log'), readOnly: true })
    expect(await target.versions('orders-value', { deleted: true })).toEqual([1, 3])
    expect([(await target.schemaById(7)).text, (await target.latest('orders-value')).id]).toEqual([schema, 9])
    expect([(await target.config())?.compatibility, (await target.config('orders-value'))?.compatibility]).toEqual(['FULL', 'NONE'])
    await target.close()
  })

  it.each<[string[], string]>([
    [['--to', 'http://x'], 'import needs --from'],
    [['--from', 'http://x'], 'import needs --to'],
    [['--from', 'no-such.jsonl', '--to', 'file:y'], '--from: cannot read no-such.jsonl: there is no such file'],
    [['--from', 'broken.jsonl', '--to', 'file:y'], 'broken.jsonl, line 2 is no record of a _schemas topic'],
    [['--from', 'kafka:nonsense', '--to', 'file:y'], 'a topic is given as kafka:HOST:PORT,HOST:PORT?topic=NAME'],
    [['--from', 'kafka:a:1?topics=x', '--to', 'file:y'], 'a topic is given as kafka:HOST:PORT,HOST:PORT?topic=NAME'],
  ])('%j is a mistake', async (argv, problem) => {
    writeFileSync(join(folder, 'broken.jsonl'), '{"key":{"keytype":"NOOP","magic":0},"value":null}\nnonsense\n')
    const { code, err } = await run(...argv)
    expect([code, err.split('\n')[0]]).toEqual([2, `kafka-evolve: [invalid-options] ${problem}`])
  })
})
