import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { javaHash, oneKeyForEach, waitForBrokers } from './ready.ts'

describe('javaHash', () => {
  it.each([
    ['', 0],
    ['a', 97],
    ['hello', 99162322],
    ['polygenelubricants', -2147483648],
  ])('%j is %i', (text, hash) => {
    expect(javaHash(text)).toBe(hash)
  })
})

describe('oneKeyForEach', () => {
  it.each([1, 4, 50])('covers %i partitions', (partitions) => {
    const hit = new Set(oneKeyForEach(partitions).map((key) => (javaHash(key) & 0x7fffffff) % partitions))
    expect(hit.size).toBe(partitions)
  })
})

describe('waitForBrokers', () => {
  it('gives up on brokers that hang up on everybody', async () => {
    const server = createServer((socket) => socket.destroy())
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
    const waited = waitForBrokers({ brokers: [`127.0.0.1:${port}`], count: 1, timeoutMs: 100 })
    await expect(waited).rejects.toMatchObject({ code: 'broker-unavailable', retryable: true })
    await new Promise((resolve) => server.close(resolve))
  })

  it('ends when it is told to', async () => {
    const controller = new AbortController()
    const waited = waitForBrokers({ brokers: ['127.0.0.1:1'], count: 1, timeoutMs: 60_000, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(waited).rejects.toThrow('enough')
  })
})
