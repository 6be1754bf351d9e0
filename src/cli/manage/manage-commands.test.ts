import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../../registry/memory.ts'
import { type RegistryServer, serveRegistry } from '../../registry/server/serve.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import type { SchemaText } from '../../schema/text.ts'
import { type Ran, runCli } from '../run.test-support.ts'

const record = (name: string, references: SchemaText['references'] = undefined, type = 'string'): SchemaText => ({
  format: 'AVRO',
  text: JSON.stringify({ type: 'record', name, fields: [{ name: 'f', type }] }),
  ...(references === undefined ? {} : { references }),
})

let registry: ManagedRegistry
let server: RegistryServer

beforeEach(async () => {
  registry = memoryRegistry({ compatibility: 'BACKWARD' })
  server = await serveRegistry({ registry, port: 0 })
  await registry.setConfig('a', { compatibility: 'NONE' })
  for (const name of ['A', 'B', 'C']) await registry.register('a', record(name))
  await registry.setConfig('a', undefined)
  await registry.register('b', record('D', [{ name: 'B', subject: 'a', version: 2 }], 'B'))
})
afterEach(() => server.close())

const run = (line: string): Promise<Ran> => runCli(line.split(' '), { env: { KAFKA_EVOLVE_REGISTRY: server.url } })

describe('config', () => {
  it('shows and sets levels, and leaves the rest of a config alone', async () => {
    expect(await run('config')).toEqual({ code: 0, out: 'all subjects  BACKWARD\n', err: '' })
    expect((await run('config a')).out).toBe('a  BACKWARD  (not its own)\n')
    await registry.setConfig('a', { normalize: true })
    expect((await run('config a --level FULL')).out).toBe('a  FULL\n  normalize: true\n')
    expect(await registry.config('a')).toEqual({ compatibility: 'FULL', normalize: true })
    expect(JSON.parse((await run('config a --json')).out)).toEqual({
      subject: 'a',
      set: { compatibility: 'FULL', normalize: true },
      inForce: { compatibility: 'FULL', normalize: true },
    })
    expect((await run('config a --unset')).out).toBe('a  BACKWARD  (not its own)\n')
    expect(await registry.config('a')).toBeUndefined()
    expect((await run('config --level NONE')).out).toBe('all subjects  NONE\n')
  })

  it('refuses what contradicts itself', async () => {
    expect((await run('config a --level FULL --unset')).code).toBe(2)
    expect((await run('config a --level FUL')).err).toContain('did you mean FULL?')
  })
})

describe('mode', () => {
  it('shows and sets modes', async () => {
    expect((await run('mode')).out).toBe('all subjects  READWRITE\n')
    expect((await run('mode a')).out).toBe('a  READWRITE  (not its own)\n')
    expect((await run('mode a --set READONLY')).out).toBe('a  READONLY\n')
    expect(await registry.mode('a')).toBe('READONLY')
    expect((await run('mode a --unset')).out).toBe('a  READWRITE  (not its own)\n')
    const refused = await run('mode --set IMPORT')
    expect([refused.code, refused.err.split('] ')[0]]).toEqual([2, 'kafka-evolve: [registry-rejected'])
    expect(refused.err).toContain('hint: --force does it nevertheless')
    expect((await run('mode --set IMPORT --force --json')).out).toBe('{"set":"IMPORT","inForce":"IMPORT"}\n')
  })
})

describe('delete', () => {
  it('says what would go, and who refers to it', async () => {
    const { code, out } = await run('delete a')
    expect(code).toBe(0)
    expect(out).toBe(
      [
        'a v1 (ID 1)  would be deleted',
        'a v2 (ID 2)  would be deleted  schemas with the IDs 4 refer to it',
        'a v3 (ID 3)  would be deleted',
        '  hint: --yes does it',
        '',
      ].join('\n'),
    )
    expect(await registry.versions('a')).toEqual([1, 2, 3])
  })

  it('deletes versions, softly and for good', async () => {
    expect((await run('delete a --version 1,3 --yes')).out).toBe('a v1 (ID 1)  deleted\na v3 (ID 3)  deleted\n')
    expect(await registry.versions('a')).toEqual([2])
    expect((await registry.schemaById(1)).text).toContain('"A"')
    expect((await run('delete a --version 1')).out).toContain('a v1 (ID 1)  was deleted before')
    expect((await run('delete a --version 1 --permanent --yes')).out).toBe('a v1 (ID 1)  deleted for good\n')
    await expect(registry.schemaById(1)).rejects.toMatchObject({ code: 'schema-not-found' })
  })

  it('deletes a whole subject for good in one go, and machines may do it, too', async () => {
    expect((await run('delete b --permanent --yes --json')).out).toBe(
      `${JSON.stringify({ subject: 'b', permanent: true, done: true, versions: [{ version: 1, id: 4, isDeleted: false, referencedBy: [] }] })}\n`,
    )
    expect(await registry.subjects({ deleted: true })).toEqual(['a'])
  })

  it.each<[string, number, string]>([
    ['delete nothing', 2, '[subject-not-found]'],
    ['delete a --version 9', 2, '[version-not-found]'],
    ['delete a --version x', 2, '[invalid-options] --version is a number from 1, not x'],
    ['delete a --version 2 --yes', 2, '[registry-rejected]'],
    ['delete', 2, '[invalid-options] delete needs SUBJECT'],
  ])('%s fails', async (line, expected, problem) => {
    const { code, err } = await run(line)
    expect(code).toBe(expected)
    expect(err).toContain(`kafka-evolve: ${problem}`)
  })
})
