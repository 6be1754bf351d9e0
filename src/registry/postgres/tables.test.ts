import { describe, expect, it } from 'vitest'
import { literal, tablesIn } from './tables.ts'

describe('names', () => {
  it.each([
    ['kafka_evolve', '"kafka_evolve"."journal"'],
    ['Mixed Case', '"Mixed Case"."journal"'],
    ['a"b', '"a""b"."journal"'],
    ['x"; DROP TABLE y; --', '"x""; DROP TABLE y; --"."journal"'],
    ['x'.repeat(63), `"${'x'.repeat(63)}"."journal"`],
  ])('%s', (name, journal) => expect(tablesIn(name).journal).toBe(journal))

  it.each(['', 'a\0b', '\ud800', 'x'.repeat(64), 'ü'.repeat(32), 'pg_toast', 'information_schema', 7 as unknown as string])(
    'not %j',
    (name) => {
      expect(() => tablesIn(name)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    },
  )
})

it('a literal', () => {
  expect(literal(`it's a \\ "text"`)).toBe(`'it''s a \\ "text"'`)
})
