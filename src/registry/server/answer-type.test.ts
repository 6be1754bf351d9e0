import { expect, it } from 'vitest'
import { memoryRegistry } from '../memory.ts'
import { answerType } from './answer-type.ts'
import { serveRegistry } from './serve.ts'

const v1 = 'application/vnd.schemaregistry.v1+json'
const vendor = 'application/vnd.schemaregistry+json'
const json = 'application/json'

it.each<[accept: string | undefined, type: string]>([
  [undefined, v1],
  ['', v1],
  ['*/*', v1],
  [v1, v1],
  [vendor, vendor],
  [json, json],
  ['Application/JSON; charset=utf-8', json],
  [`${v1}, ${vendor}; q=0.9, ${json}; q=0.5`, v1],
  [`${json}, ${vendor};q=0.9`, json],
  [`${json};q=0.2, ${vendor};q=0.9, ${v1};q=0.1`, vendor],
  ['application/*', v1],
  [`application/*;q=0.5, ${json}`, json],
  [`${v1};q=0, */*`, vendor],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', v1],
  ['text/html', v1],
  [`${json};q=x`, v1],
  [',;q=,/', v1],
])('answers whoever accepts %j with %s', (accept, type) => {
  expect(answerType(accept)).toBe(type)
})

it('is the type of answers and of refusals', async () => {
  const server = await serveRegistry({ registry: memoryRegistry() })
  try {
    for (const [path, status] of [
      ['/subjects', 200],
      ['/subjects/none/versions', 404],
    ] as const) {
      const heard = await fetch(`${server.url}${path}`, { headers: { accept: json } })
      expect({ path, status: heard.status, type: heard.headers.get('content-type') }).toEqual({ path, status, type: json })
      await heard.text()
    }
  } finally {
    await server.close()
  }
})
