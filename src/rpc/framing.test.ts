import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../errors.ts'
import { FrameDecoder, frameMessage, type RpcFraming, unframeMessage } from './framing.ts'

const framings: readonly RpcFraming[] = ['standard', 'netty']
const int = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])
const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? int(part) : Buffer.from(part))))

function code(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isEvolveError(error)) return error.code
    throw error
  }
  return 'none'
}

/** All frames of a stream that comes in chunks of this size. */
function decoded(stream: Buffer, framing: RpcFraming, size: number, limit?: number): { frames: [string, number][]; isInside: boolean } {
  const decoder = new FrameDecoder(framing, limit)
  const frames: [string, number][] = []
  for (let at = 0; at < stream.length; at += size) {
    for (const { message, serial } of decoder.push(stream.subarray(at, at + size))) frames.push([message.toString(), serial])
  }
  return { frames, isInside: decoder.isInside }
}

describe('framing', () => {
  it('is what the specification says', () => {
    expect(frameMessage(Buffer.from('abc'))).toEqual(bytes(3, 'abc', 0))
    expect(frameMessage(Buffer.alloc(0))).toEqual(bytes(0))
  })

  it('is what Netty takes', () => {
    expect(frameMessage(Buffer.from('abc'), 'netty', -2)).toEqual(bytes(-2, 1, 3, 'abc'))
    expect(frameMessage(Buffer.alloc(0), 'netty', 7)).toEqual(bytes(7, 1, 0))
  })

  it.each(framings)('gives back what it takes, in chunks of any size (%s)', (framing) => {
    const messages = ['', 'a', 'bc'.repeat(40), '', 'é'.repeat(30)]
    const stream = Buffer.concat(messages.map((message, serial) => frameMessage(Buffer.from(message), framing, serial - 2)))
    const expected = messages.map((message, serial) => [message, framing === 'netty' ? serial - 2 : 0])
    for (const size of [1, 2, 3, 5, 7, 8, 64, 1000]) expect(decoded(stream, framing, size)).toEqual({ frames: expected, isInside: false })
  })

  it('joins the buffers of a message', () => {
    for (const size of [1, 3, 100]) {
      expect(decoded(bytes(1, 'a', 2, 'bc', 0, 0, 3, 'def', 0), 'standard', size).frames).toEqual([
        ['abc', 0],
        ['', 0],
        ['def', 0],
      ])
      expect(decoded(bytes(5, 3, 1, 'a', 0, 2, 'bc', 6, 0, 7, 1, 1, 'z'), 'netty', size).frames).toEqual([
        ['abc', 5],
        ['', 6],
        ['z', 7],
      ])
    }
  })

  it('knows whether a message was cut off', () => {
    const whole = { standard: bytes(2, 'ab', 0), netty: bytes(1, 2, 1, 'a', 1, 'b') }
    for (const framing of framings) {
      const stream = whole[framing]
      for (let length = 0; length <= stream.length; length++) {
        expect(decoded(stream.subarray(0, length), framing, 3).isInside).toBe(length > 0 && length < stream.length)
      }
    }
  })

  const hostile: readonly (readonly [string, RpcFraming, Buffer])[] = [
    ['a buffer of 4 GiB', 'standard', bytes(0xffffffff)],
    ['a buffer of 2 GiB', 'netty', bytes(1, 1, 0x7fffffff)],
    ['a list of 4 billion buffers', 'netty', bytes(1, 0xffffffff)],
    ['a buffer one byte too long', 'standard', bytes(16 * 1024 * 1024 + 1)],
    ['buffers too long together', 'standard', bytes(3, 'abc', 16 * 1024 * 1024 - 2)],
  ]
  it.each(hostile)('refuses %s before it takes memory (%s)', (_name, framing, stream) => {
    const before = process.memoryUsage().arrayBuffers
    expect(code(() => [...new FrameDecoder(framing).push(stream)])).toBe('limit-exceeded')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  it('takes no memory for what is only announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const decoders = Array.from({ length: 100 }, () => new FrameDecoder('standard'))
    for (const decoder of decoders) expect([...decoder.push(bytes(16 * 1024 * 1024, 'a'))]).toEqual([])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  it('gives the messages in front of damage', () => {
    const frames = new FrameDecoder('standard').push(bytes(1, 'a', 0, 1, 'b', 0, 0xffffffff))
    expect([frames.next().value, frames.next().value]).toMatchObject([{ message: Buffer.from('a') }, { message: Buffer.from('b') }])
    expect(code(() => frames.next())).toBe('limit-exceeded')
  })

  it('takes a lower limit', () => {
    expect(code(() => decoded(bytes(5, 'abcde', 0), 'standard', 9, 4))).toBe('limit-exceeded')
    expect(decoded(bytes(4, 'abcd', 0), 'standard', 9, 4).frames).toEqual([['abcd', 0]])
  })

  it('takes a message of many small buffers', () => {
    const stream = Buffer.concat([...Array.from({ length: 100_000 }, () => bytes(1, 'x')), bytes(0)])
    expect([...new FrameDecoder('standard').push(stream)][0]?.message.length).toBe(100_000)
  })

  it('finds the one message of a body', () => {
    expect(unframeMessage(bytes(1, 'a', 1, 'b', 0)).toString()).toBe('ab')
    expect(code(() => unframeMessage(bytes(1, 'a')))).toBe('truncated-frame')
    expect(code(() => unframeMessage(Buffer.alloc(0)))).toBe('truncated-frame')
    expect(code(() => unframeMessage(bytes(1, 'a', 0, 0)))).toBe('malformed-data')
    expect(code(() => unframeMessage(bytes(1, 'a', 0, 'x')))).toBe('malformed-data')
  })
})
