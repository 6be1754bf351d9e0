import { expect, it } from 'vitest'
import { defaultLevels } from './default-levels.ts'
import { parseSchema } from './parse.ts'

it('looks at each part of a default once for each type, however many unions are around it', () => {
  let reads = 0
  const innermost = new Proxy([1, 2, 3], {
    get: (target, name, receiver) => {
      if (name === 'map') reads += 1
      return Reflect.get(target, name, receiver) as unknown
    },
  })
  let [type, json]: [unknown, unknown] = ['int', innermost]
  for (let level = 0; level < 40; level += 1) {
    type = ['null', { type: 'array', items: type }]
    if (level > 0) json = [json]
  }
  const field = { name: 'a', aliases: [], type: parseSchema(JSON.stringify(type)), default: { json } }
  expect(defaultLevels(field, new Map())).toBe(40)
  expect(reads).toBe(1)
})
