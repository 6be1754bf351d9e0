import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryRegistry, type RegistryServer, serveRegistry } from '../src/registry/index.ts'
import { freshSubject } from '../src/registry/registry-cases.test-support.ts'
import { type Apicurio, apicurioJar, startApicurio } from './registry-apicurio-process.ts'
import { conversationsOn } from './registry-requests.ts'

const jar = apicurioJar()

/** One of the registries, and in which order it gave its IDs: that is what two registries have in common. */
class Side {
  readonly #url: string
  readonly #ids = new Map<unknown, string>()

  constructor(url: string) {
    this.#url = url
  }

  async ask(request: string, body?: unknown): Promise<unknown> {
    const [method = '', path = ''] = request.split(' ')
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const response = await fetch(`${this.#url}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers }) })
    return { status: response.status, says: this.#meaning(await response.text(), path) }
  }

  /** What an answer says, apart from its sentences, the numbers of IDs and empty lists of references. */
  #meaning(text: string, path: string): unknown {
    let said: unknown
    try {
      said = JSON.parse(text)
    } catch {
      return text
    }
    if (path.endsWith('/referencedby') && Array.isArray(said)) return said.map((id) => this.#nameOf(id))
    if (typeof said !== 'object' || said === null || Array.isArray(said)) return said
    const { message: _, messages: _messages, reason: _reason, id, references, ...rest } = said as Readonly<Record<string, unknown>>
    return {
      ...rest,
      ...(id === undefined ? {} : { id: this.#nameOf(id) }),
      ...(Array.isArray(references) && references.length > 0 ? { references } : {}),
    }
  }

  #nameOf(id: unknown): string {
    const name = this.#ids.get(id) ?? `the ${this.#ids.size + 1}th`
    this.#ids.set(id, name)
    return name
  }
}

// Where one is started at all, registry-apicurio.test.ts says whether it is there.
describe.skipIf(jar === undefined)('requests, beside Apicurio Registry', () => {
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

  it.each(conversationsOn(freshSubject('beside')))('%s: the same answers, but where it is said why not', async (_name, requests) => {
    const [theirs, mine] = [new Side(apicurio.url), new Side(ours.url)]
    for (const { request, body, apart } of requests) {
      const [their, my] = [await theirs.ask(request, body), await mine.ask(request, body)]
      const [alike, expected] = [isDeepStrictEqual(my, their), apart === undefined]
      expect({ request, body, apart, alike, ...(alike === expected ? {} : { their, my }) }).toEqual({
        request,
        body,
        apart,
        alike: expected,
      })
    }
  })
})
