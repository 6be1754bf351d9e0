import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { levelCases, record as text } from '../src/registry/compatibility/level-cases.test-support.ts'
import { compatibilityLevels, memoryRegistry, type RegistryServer, serveRegistry } from '../src/registry/index.ts'
import { freshSubject } from '../src/registry/registry-cases.test-support.ts'
import { randomChain } from './random-chains.ts'
import { type Apicurio, apicurioJar, startApicurio } from './registry-apicurio-process.ts'

const jar = apicurioJar()

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function ask(url: string, request: string, body?: unknown): Promise<Answer> {
  const [method = '', path = ''] = request.split(' ')
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
  const response = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers }) })
  const said = await response.text()
  return { status: response.status, body: said.startsWith('{') ? (JSON.parse(said) as unknown) : said }
}

const record = (...fields: readonly object[]) => ({ schema: text(...fields).text })
const a = { name: 'a', type: 'int' }
const b = { name: 'b', type: 'int' }
const c = { name: 'c', type: 'int', default: 0 }

/** What an answer says, in both registries' words: sentences differ, and Apicurio has a `reason` where Confluent's API has `messages`. */
function meaning({ status, body }: Answer): unknown {
  if (typeof body !== 'object' || body === null) return { status }
  const { message: _, messages: _messages, reason: _reason, ...rest } = body as Readonly<Record<string, unknown>>
  return { status, ...rest }
}

// Where one is started at all, registry-apicurio.test.ts says whether it is there.
describe.skipIf(jar === undefined)('compatibility levels, beside Apicurio Registry', () => {
  let apicurio: Apicurio
  let ours: RegistryServer
  beforeAll(async () => {
    apicurio = await startApicurio(jar ?? '')
    ours = await serveRegistry({ registry: memoryRegistry() })
  })
  afterAll(async () => {
    await ours?.close()
    await apicurio?.stop()
  })

  it('are set, asked for and enforced alike', async () => {
    const s = freshSubject('levels')
    const requests: readonly (readonly [request: string, body?: unknown])[] = [
      ['GET /config'],
      [`POST /subjects/${s}/versions`, record(a)],
      [`PUT /config/${s}`, { compatibility: 'BACKWARD' }],
      [`GET /config/${s}`],
      [`GET /config/${s}?defaultToGlobal=true`],
      [`POST /compatibility/subjects/${s}/versions/latest`, record(a, c)],
      [`POST /compatibility/subjects/${s}/versions/latest`, record(a, b)],
      [`POST /compatibility/subjects/${s}/versions/-1?verbose=true`, record(a, b)],
      [`POST /compatibility/subjects/${s}/versions/1?verbose=true`, record({ name: 'a', type: 'string' }, b)],
      [`POST /compatibility/subjects/${s}/versions?verbose=true`, record(b)],
      [`POST /compatibility/subjects/${s}/versions/9`, record(a)],
      [`POST /compatibility/subjects/none-${s}/versions/1`, record(a)],
      [`POST /compatibility/subjects/${s}/versions/latest`, { schema: '{"type":"x"}' }],
      [`POST /subjects/${s}/versions`, record(a, b)],
      [`DELETE /config/${s}`],
      [`DELETE /config/none-${s}`],
      ['PUT /config', { compatibility: 'FULL' }],
      ['GET /config'],
      [`POST /subjects/${s}/versions`, record()],
      [`POST /subjects/${s}/versions`, record(b)],
      ['PUT /config', { compatibility: 'NONE' }],
    ]
    for (const [request, body] of requests) {
      const [theirs, mine] = [await ask(apicurio.url, request, body), await ask(ours.url, request, body)]
      expect({ request, body, ...Object(meaning(mine)) }).toEqual({ request, body, ...Object(meaning(theirs)) })
    }
  })

  it('allow and refuse the same changes', async () => {
    const differences: string[] = []
    for (const [name, candidate, earlier] of levelCases) {
      for (const level of compatibilityLevels) {
        const subject = freshSubject('chain')
        const statuses = await Promise.all([apicurio.url, ours.url].map((url) => statusOf(url, subject, level, candidate.text, earlier)))
        if (statuses[0] !== statuses[1]) differences.push(`${name}, ${level}: Apicurio ${statuses[0]}, here ${statuses[1]}`)
      }
    }
    expect(differences).toEqual([])
  })

  it('allow and refuse the same changes of many random chains', async () => {
    const statuses = new Map<number, number>()
    for (let seed = 1; seed <= 150; seed += 1) {
      const level = compatibilityLevels[seed % compatibilityLevels.length] ?? 'NONE'
      const texts = randomChain(seed, 4).map((schema) => JSON.stringify(schema))
      const earlier = texts.slice(0, -1).map((one) => ({ text: one }))
      const subject = freshSubject('random')
      const [theirs, mine] = await Promise.all(
        [apicurio.url, ours.url].map((url) => statusOf(url, subject, level, texts.at(-1) ?? '', earlier)),
      )
      expect({ seed, level, status: mine }).toEqual({ seed, level, status: theirs })
      if (mine !== undefined) statuses.set(mine, (statuses.get(mine) ?? 0) + 1)
    }
    // Chains that are all alike would say little.
    expect([...statuses.keys()].sort()).toEqual([200, 409])
    expect(Math.min(...statuses.values())).toBeGreaterThan(20)
  })

  it('look past versions that were deleted, alike', async () => {
    const statuses = new Map<number, number>()
    for (let seed = 1; seed <= 84; seed += 1) {
      const level = compatibilityLevels[seed % compatibilityLevels.length] ?? 'NONE'
      const texts = [...new Set(randomChain(seed + 5_000, 5).map((schema) => JSON.stringify(schema)))]
      const earlier = texts.slice(0, -1).map((one) => ({ text: one }))
      const last = earlier.length
      if (last < 3) continue
      const deleted = [[1], [last], [1, last], [2]][seed % 4] ?? []
      const subject = freshSubject('deleted')
      const [theirs, mine] = await Promise.all(
        [apicurio.url, ours.url].map((url) => statusOf(url, subject, level, texts.at(-1) ?? '', earlier, deleted)),
      )
      expect({ seed, level, deleted, status: mine }).toEqual({ seed, level, deleted, status: theirs })
      if (mine !== undefined) statuses.set(mine, (statuses.get(mine) ?? 0) + 1)
    }
    expect([...statuses.keys()].sort()).toEqual([200, 409])
    expect(Math.min(...statuses.values())).toBeGreaterThan(10)
  })
})

/** How a registry answers to a version that comes after others, of which some were deleted. */
async function statusOf(
  url: string,
  subject: string,
  level: string,
  schema: string,
  earlier: readonly { readonly text: string }[],
  deleted: readonly number[] = [],
): Promise<number> {
  for (const version of earlier) await ask(url, `POST /subjects/${subject}/versions`, { schema: version.text })
  for (const version of deleted) expect((await ask(url, `DELETE /subjects/${subject}/versions/${version}`)).status).toBe(200)
  await ask(url, `PUT /config/${subject}`, { compatibility: level })
  return (await ask(url, `POST /subjects/${subject}/versions`, { schema })).status
}
