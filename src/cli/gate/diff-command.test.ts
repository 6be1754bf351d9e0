import { afterEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../../registry/memory.ts'
import { serveRegistry } from '../../registry/server/serve.ts'
import { runCli } from '../run.test-support.ts'
import { makeProject, type TestProject } from './gate.test-support.ts'

const projects: TestProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const order = (...fields: readonly object[]): object => ({
  type: 'record',
  name: 'shop.Order',
  fields: [{ name: 'id', type: 'string' }, ...fields],
})
const n = { name: 'n', type: 'int', default: 1 }
const text = (schema: object): { format: 'AVRO'; text: string } => ({ format: 'AVRO', text: JSON.stringify(schema) })

describe('diff', () => {
  it('compares files, revisions, versions of a registry and of a lock file', async () => {
    const project = makeProject()
    projects.push(project)
    project.commit({ 'o.avsc': order(), 'two.avdl': 'namespace shop; record A { int x; } record B { int y; }' })
    project.write({ 'o.avsc': order(n) })
    const registry = memoryRegistry()
    await registry.register('orders-value', text(order()))
    await registry.register('orders-value', text(order(n)))
    const server = await serveRegistry({ registry })
    const diff = async (...argv: readonly string[]): Promise<string> => {
      const { code, out, err } = await runCli(['diff', ...argv], { cwd: project.folder })
      return code === 0 ? out : `${code} ${err}`
    }
    try {
      expect(await diff('o.avsc')).toBe(
        'git:HEAD:o.avsc → o.avsc\n+ Order.n  added: int, default 1  field-added\n    new readers take 1 for it in old data\n    old readers do not see it\n' +
          'strongest level: FULL\nroll-out: any order: new readers read old data, and old readers read new data\n',
      )
      expect(await diff('orders-value@1', 'o.avsc', '--registry', server.url)).toContain('+ Order.n')
      expect(await diff('orders-value@latest', 'o.avsc', '--registry', server.url)).toContain('no difference in meaning')
      expect(await diff('orders-value@7', 'o.avsc', '--registry', server.url)).toMatch(
        /^2 .*has no version 7 of orders-value\n {2}hint: it has 1, 2\n/,
      )
      expect(await diff('orders-value@1', 'o.avsc')).toContain('give --registry URL')
      await runCli(['pull', '--all', '--registry', server.url], { cwd: project.folder })
      expect(await diff('lock:schemas.lock:orders-value@2', 'orders-value@1')).toContain('- Order.n')
      expect(await diff('two.avdl#shop.A', 'two.avdl#B')).toMatch(/^2 .*states no B\n {2}hint: say which: #shop\.A, #shop\.B\n/)
      expect(await diff('git:HEAD:absent.avsc', 'o.avsc')).toContain('HEAD has no file absent.avsc')
    } finally {
      await server.close()
      await registry.close()
    }
    const asked = await runCli(['diff', 'o.avsc', '--json', '--exit-code'], { cwd: project.folder })
    expect(asked.code).toBe(1)
    expect(JSON.parse(asked.out)).toMatchObject({
      level: 'FULL',
      rollOut: 'any order',
      changes: [{ kind: 'field-added', path: 'Order.n' }],
    })
  })
})
