import { describe, expect, it } from 'vitest'
import { type Frame, frameId, frameLength, hasFrame, readFrame, writeFrame } from './confluent.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('readFrame', () => {
  it.each<[string, Frame]>([
    ['', { kind: 'not-framed', reason: 'empty' }],
    ['01', { kind: 'not-framed', reason: 'magic-byte' }],
    ['01 00 00 00 07 aa', { kind: 'not-framed', reason: 'magic-byte' }],
    ['ff ff ff ff ff ff', { kind: 'not-framed', reason: 'magic-byte' }],
    ['7b 22 61 22 3a 31 7d', { kind: 'not-framed', reason: 'magic-byte' }],
    ['00', { kind: 'truncated', length: 1 }],
    ['00 00 00 07', { kind: 'truncated', length: 4 }],
    ['00 00 00 00 07', { kind: 'framed', id: 7, start: 5 }],
    ['00 00 00 00 00', { kind: 'framed', id: 0, start: 5 }],
    ['00 80 00 00 00 aa', { kind: 'framed', id: 2_147_483_648, start: 5 }],
    ['00 ff ff ff ff', { kind: 'framed', id: 4_294_967_295, start: 5 }],
    ['00 01 02 03 04 05', { kind: 'framed', id: 0x01020304, start: 5 }],
  ])('of %s', (bytes, frame) => {
    expect(readFrame(hex(bytes))).toEqual(frame)
    expect(hasFrame(hex(bytes))).toBe(frame.kind === 'framed')
  })

  it('reads a view where the view begins', () => {
    const whole = Uint8Array.from(hex('ff ff 00 00 00 00 09 ff'))
    expect(readFrame(whole.subarray(2))).toEqual({ kind: 'framed', id: 9, start: 5 })
  })

  it('never throws, whatever the bytes', () => {
    for (let length = 0; length < 8; length++) {
      for (const fill of [0, 1, 127, 128, 255]) expect(() => readFrame(new Uint8Array(length).fill(fill))).not.toThrow()
    }
  })
})

describe('writeFrame', () => {
  it.each([0, 1, 7, 255, 256, 65_535, 2_147_483_647, 2_147_483_648, 4_294_967_295])(
    'ID %d comes back, and nothing else is touched',
    (id) => {
      const buffer = Buffer.alloc(frameLength + 2, 0xee)
      writeFrame(buffer, id)
      expect(frameId(buffer)).toBe(id)
      expect(readFrame(buffer)).toEqual({ kind: 'framed', id, start: frameLength })
      expect(buffer.subarray(frameLength)).toEqual(Buffer.from([0xee, 0xee]))
      expect(buffer.readUInt32BE(1)).toBe(id)
    },
  )

  it.each([-1, 4_294_967_296, 1.5, Number.NaN])('refuses %d as an ID', (id) => {
    const buffer = Buffer.alloc(5, 0xee)
    expect(() => writeFrame(buffer, id)).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(buffer).toEqual(Buffer.alloc(5, 0xee))
  })

  it('refuses a buffer that is too short', () => {
    expect(() => writeFrame(Buffer.alloc(4), 1)).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
