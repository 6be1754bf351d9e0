import { describe, expect, it } from 'vitest'
import { encode, parseSchema } from '../../../avro.ts'
import { choicesOf } from '../choices.ts'
import { AvroResolution } from '../resolution.ts'

const text = { type: 'record', name: 'R', fields: [{ name: 'text', type: 'string' }] }
const withUnknown = { ...text, fields: [...text.fields, { name: 'more', type: 'int', default: 0 }] }
const map = { type: 'map', values: 'int' }

function compiled(writer: object, reader: object): AvroResolution {
  const resolution = new AvroResolution(parseSchema(writer), parseSchema(reader), choicesOf())
  resolution.warmUp()
  expect(resolution.isCompiled).toBe(true)
  return resolution
}

/** Both ways of making strings: with memory of their own, and cut from the message that is carried. */
const ways: readonly [string, object, AvroResolution][] = [
  ['of its own', text, compiled(text, text)],
  ['cut from what is carried', withUnknown, compiled(withUnknown, text)],
]
const sizes = [...Array.from({ length: 80 }, (_, index) => index), 127, 128, 1000, 8191, 8192, 65_535, 65_536, 70_000, 200_000]
const alphabets = [
  'abcdefghijklmnopqrstuvwxyz0123456789',
  'é',
  'aé',
  'п',
  'aп語',
  '語',
  '😀',
  'a😀é語',
  '\ufffd',
  'a\u0000',
  '\ufeff',
  '\u007f\u0080',
]

describe.each(ways)('text %s', (_, writer, resolution) => {
  it.each(alphabets)('is read and written at every length: %j', (alphabet) => {
    const schema = parseSchema(writer)
    for (const size of sizes) {
      const letters = [...alphabet]
      const expected = Array.from({ length: size }, (_, index) => letters[(index + size) % letters.length]).join('')
      const bytes = encode(schema, { text: expected, more: 1 })
      const value = resolution.decode(bytes) as { text: string }
      expect(value.text === expected).toBe(true)
      expect(Buffer.compare(resolution.encode(value), bytes)).toBe(0)
    }
  })

  it('is refused where it is not UTF-8', () => {
    const broken = [
      'ff',
      '80',
      'c3',
      'c328',
      'c080',
      'c1bf',
      'e0',
      'e08080',
      'e282',
      'eda080',
      'edbfbf',
      'f0',
      'f0808080',
      'f09f98',
      'f4908080',
      'f5808080',
      'f8',
    ]
    for (const hex of broken) {
      for (const [before, after] of [
        ['', ''],
        ['a', 'b'],
        ['x'.repeat(60), ''],
        ['', 'x'.repeat(60)],
        ['é'.repeat(40), '語'],
      ] as const) {
        const bytes = Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)])
        const message = Buffer.concat([Buffer.from(encode(parseSchema('bytes'), bytes)), Buffer.from(writer === text ? [] : [2])])
        expect(() => resolution.decode(message), `${hex} after ${before.length}`).toThrow('not UTF-8')
      }
    }
  })

  it('is refused where a surrogate stands alone', () => {
    for (const lone of ['\ud800', 'a\udc00b', 'x'.repeat(100).concat('\ud83d')])
      expect(() => resolution.encode({ text: lone })).toThrow('text')
  })
})

describe('keys of maps', () => {
  const resolution = compiled(map, map)

  it('are told apart by all their bytes', () => {
    const alike = [
      '',
      'a',
      'a\0',
      'a\0\0',
      'ab',
      'ba',
      'abcd',
      'abcde',
      'abcdefgh',
      'abcdefghi',
      'abcdefghijklmnop',
      'abcdefghijklmnopq',
      'é',
      'éa',
      '語',
      '😀',
      '1',
      '01',
    ]
    const numbers = Array.from({ length: 5000 }, (_, index) => `key${index * 7}`)
    for (let round = 0; round < 3; round++) {
      const entries = [...alike, ...numbers].map((key, index) => [key, index * (round + 1)] as const)
      const bytes = encode(parseSchema(map), Object.fromEntries(entries))
      expect(resolution.decode(bytes)).toEqual(Object.fromEntries(entries))
      expect(Buffer.compare(resolution.encode(Object.fromEntries(entries)), bytes)).toBe(0)
    }
  })

  it('are own keys only, also named __proto__', () => {
    const own = Object.defineProperty({ a: 1 }, '__proto__', { value: 2, enumerable: true })
    const bytes = encode(parseSchema(map), own)
    expect(Object.getOwnPropertyNames(resolution.decode(bytes))).toEqual(['a', '__proto__'])
    expect(Buffer.compare(resolution.encode(own), bytes)).toBe(0)
    expect(resolution.encode(Object.create({ inherited: 1 })).toString('hex')).toBe('00')
  })
})

describe('a message', () => {
  it('that has another one written by a getter is written all the same', () => {
    const resolution = compiled(text, text)
    const plain = { text: 'inner' }
    const value = {
      get text() {
        return resolution.encode(plain).toString('hex')
      },
    }
    const written = resolution.encode(value)
    expect(resolution.decode(written)).toEqual({ text: resolution.encode(plain).toString('hex') })
    expect(resolution.decode(resolution.encode(plain))).toEqual(plain)
  })

  it('of any size takes memory of about its size, and the next one is small again', () => {
    const resolution = compiled(text, text)
    for (const size of [10, 40_000, 10, 300_000, 2_000_000, 10, 10]) {
      const expected = 'x'.repeat(size)
      const bytes = resolution.encode({ text: expected }, { headroom: 5 })
      expect(resolution.decode(bytes, 5)).toEqual({ text: expected })
      expect(bytes.buffer.byteLength).toBeLessThan(131_073 + 8 * size)
    }
  })
})
