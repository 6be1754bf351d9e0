import { describe, expect, it } from 'vitest'
import { nodeProperties, variableOf } from './properties.ts'

/** What Java reads: the last line for a key wins. */
const parse = (text: string): Record<string, string> => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

const places = [1, 2, 3].map((id) => ({ id, port: 20_000 + id, controllerPort: 21_000 + id, data: `/tmp/x/node-${id}` }))

describe('nodeProperties', () => {
  it('puts one broker on loopback, as its own controller, with one copy of everything', () => {
    const [first] = places.slice(0, 1)
    const properties = parse(nodeProperties(first ?? expect.fail(), places.slice(0, 1)))
    expect(properties).toMatchObject({
      'process.roles': 'broker,controller',
      'node.id': '1',
      listeners: 'PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:21001',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:20001',
      'controller.quorum.voters': '1@127.0.0.1:21001',
      'log.dirs': '/tmp/x/node-1',
      'transaction.state.log.min.isr': '1',
    })
    expect(properties).not.toHaveProperty('default.replication.factor')
  })

  it('makes three of them a cluster that may lose one', () => {
    const properties = parse(nodeProperties(places[1] ?? expect.fail(), places))
    expect(properties).toMatchObject({
      'node.id': '2',
      'controller.quorum.voters': '1@127.0.0.1:21001,2@127.0.0.1:21002,3@127.0.0.1:21003',
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
    })
  })

  it('writes a path as Java reads it', () => {
    expect(nodeProperties({ id: 1, port: 1, controllerPort: 2, data: 'C:\\temp' }, places.slice(0, 1))).toContain('log.dirs=C:\\\\temp\n')
  })
})

describe('variableOf', () => {
  it.each([
    ['default.replication.factor', 'KAFKA_DEFAULT_REPLICATION_FACTOR'],
    ['a_b.c-d', 'KAFKA_A__B_C___D'],
  ])('%s', (property, variable) => {
    expect(variableOf(property)).toBe(variable)
  })
})
