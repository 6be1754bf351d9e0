import { describe, expect, it } from 'vitest'
import { createBrokerLog } from './log.ts'

describe('createBrokerLog', () => {
  it('joins lines that came in pieces, for each source apart', () => {
    const log = createBrokerLog()
    log.add('1', 'Kafka Ser')
    log.add('2', 'other\r\n')
    log.add('1', 'ver started\nnext')
    expect(log.tail()).toBe('2 other\n1 Kafka Server started\n1 next')
  })

  it('keeps the last lines only, each of a bounded length', () => {
    const log = createBrokerLog(3)
    for (let index = 0; index < 1000; index += 1) log.add('1', `${index}\n`)
    expect(log.tail()).toBe('1 997\n1 998\n1 999')
    expect(log.tail(1)).toBe('1 999')
    log.add('1', 'x'.repeat(1_000_000))
    expect(log.tail(1).length).toBeLessThan(2100)
    log.add('1', '\n')
    expect(log.tail(1).length).toBeLessThan(2100)
  })

  it('tells listeners whole lines until they leave', () => {
    const log = createBrokerLog()
    const seen: string[] = []
    const leave = log.onLine((source, line) => seen.push(`${source}:${line}`))
    log.add('1', 'a\nb')
    log.add('1', '\n')
    leave()
    log.add('1', 'c\n')
    expect(seen).toEqual(['1:a', '1:b'])
  })
})
