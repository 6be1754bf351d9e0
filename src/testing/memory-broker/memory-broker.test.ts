import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { ERROR } from './error-codes.ts'
import { MemoryBroker } from './memory-broker.ts'
import { ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'
import { controlBatch } from './record-batch.ts'

const connections: Duplex[] = []
afterEach(() => {
  for (const connection of connections.splice(0)) connection.destroy()
})

function connect(broker: MemoryBroker = new MemoryBroker({ partitions: 1, autoCreateTopics: true })): Duplex {
  const connection = broker.connect()
  connections.push(connection)
  return connection
}

/** A request as a client frames it. */
function request(key: number, version: number, body: ProtocolWriter = new ProtocolWriter(), correlationId = 7): Buffer {
  const head = new ProtocolWriter().int16(key).int16(version).int32(correlationId).string('test').toBuffer()
  return new ProtocolWriter().bytes(Buffer.concat([head, body.toBuffer()])).toBuffer()
}

/** The next answer, behind its length and correlation ID. */
async function answerOf(connection: Duplex): Promise<ProtocolReader> {
  const bytes = await new Promise<Buffer>((resolve, reject) => connection.once('data', resolve).once('error', reject))
  const reader = new ProtocolReader(bytes)
  expect(reader.int32()).toBe(bytes.length - 4)
  expect(reader.int32()).toBe(7)
  return reader
}

describe('a connection to the broker in memory', () => {
  it('serves a request that arrives byte by byte', async () => {
    const connection = connect()
    const answer = answerOf(connection)
    for (const byte of request(18, 2)) connection.write(Buffer.from([byte]))
    const reader = await answer
    expect(reader.int16()).toBe(ERROR.none)
    expect(reader.array((r) => [r.int16(), r.int16(), r.int16()])).toContainEqual([18, 2, 2])
  })

  it('serves two requests that arrive at once', async () => {
    const connection = connect()
    const answers: number[] = []
    const done = new Promise<void>((resolve) => {
      connection.on('data', (chunk: Buffer) => {
        answers.push(chunk.readInt32BE(4))
        if (answers.length === 2) resolve()
      })
    })
    connection.write(Buffer.concat([request(18, 2, undefined, 1), request(16, 2, undefined, 2)]))
    await done
    expect(answers).toEqual([1, 2])
  })

  it.each([
    ['a request type that is not spoken', request(33, 0)],
    ['a version that is not spoken', request(18, 9)],
    ['a request that ends too early', request(3, 6)],
    ['bytes that are no request', Buffer.from([0, 0, 0, 1, 255])],
  ])('ends with an error on %s', async (_what, bytes) => {
    const connection = connect()
    const error = new Promise((resolve) => connection.once('error', resolve))
    connection.write(bytes)
    expect(await error).toMatchObject({ code: 'internal' })
  })

  it('ends when the client ends', async () => {
    const connection = connect()
    const ended = new Promise<void>((resolve) => connection.once('end', resolve))
    connection.resume()
    connection.end()
    await ended
    expect(connection.writableFinished).toBe(true)
  })
})

describe('producing', () => {
  const produce = async (records: Buffer): Promise<number> => {
    const broker = new MemoryBroker({ partitions: 1, autoCreateTopics: false })
    broker.topics.create('t', 1)
    const connection = connect(broker)
    const body = new ProtocolWriter().string(null).int16(-1).int32(1000)
    body.array(['t'], (w, topic) => w.string(topic).array([0], (p, partition) => p.int32(partition).bytes(records)))
    const answer = answerOf(connection)
    connection.write(request(0, 7, body))
    const [[error = -1] = []] = (await answer).array((r) => {
      r.string()
      return r.array((p) => [p.int32(), p.int16(), Number(p.int64()), Number(p.int64()), Number(p.int64())][1])
    })
    return error
  }
  const sound = controlBatch(1n, 0, 'abort')
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(sound)
    change(bytes)
    return bytes
  }

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['too few bytes', sound.subarray(0, 40)],
    ['a length that lies', changed((bytes) => bytes.writeInt32BE(1_000_000, 8))],
    ['a negative length', changed((bytes) => bytes.writeInt32BE(-5, 8))],
    ['an older format', changed((bytes) => bytes.writeInt8(1, 16))],
    ['a wrong checksum', changed((bytes) => bytes.writeInt8(9, bytes.length - 1))],
  ])('refuses %s', async (_what, records) => {
    expect(await produce(records)).toBe(ERROR.corruptMessage)
  })

  it('refuses a transaction that nobody began', async () => {
    expect(await produce(sound)).toBe(ERROR.invalidProducerIdMapping)
  })
})
