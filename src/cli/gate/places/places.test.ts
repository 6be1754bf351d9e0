import { expect, it } from 'vitest'
import { placeAt, placeOf } from './places.ts'

it.each<[name: string, text: string, start: number, expected: [line: number, column: number, text: string]]>([
  ['the first character', 'ab\ncd', 0, [1, 1, 'ab']],
  ['the first character, the end of an empty line', '\ncd', 0, [1, 1, '']],
  ['the first of the second line', '\ncd', 1, [2, 1, 'cd']],
  ['an end of a line', 'ab\r\ncd', 2, [1, 3, 'ab']],
  ['behind the last', 'ab\ncd', 5, [2, 3, 'cd']],
])('says line and column, both from 1: %s', (_name, text, start, [line, column, own]) => {
  expect(placeOf('f', text, { start, length: 9 })).toMatchObject({ line, column, text: own })
  expect(placeAt('f', text, line, column)).toMatchObject({ line, column, text: own })
})
