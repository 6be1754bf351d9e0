import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cachedRegistry, httpRegistry, type Registry } from '../src/registry/index.ts'
import { expectCode, freshRecord, freshSubject, registryCases } from '../src/registry/registry-cases.test-support.ts'
import { type Apicurio, apicurioJar, startApicurio } from './registry-apicurio-process.ts'

const jar = apicurioJar()

if (jar === undefined && process.env.KAFKA_EVOLVE_REQUIRE_APICURIO === '1') {
  throw new Error('Apicurio Registry was not fetched: npm run setup:apicurio')
}

if (jar === undefined) console.log('Apicurio Registry: not fetched, so not tested (npm run setup:apicurio fetches it, once)')
const title = jar === undefined ? 'Apicurio Registry (NOT FETCHED, so not tested: npm run setup:apicurio)' : 'Apicurio Registry'

describe.skipIf(jar === undefined)(title, () => {
  let apicurio: Apicurio
  let registry: Registry
  beforeAll(async () => {
    apicurio = await startApicurio(jar ?? '')
    registry = httpRegistry({ url: apicurio.url })
  })
  afterAll(async () => {
    await registry?.close()
    await apicurio?.stop()
  })

  const traits = { ignoresWhitespace: false, concurrentVersions: 2, oneVersionAtOnce: false }
  it.each(registryCases)('$name', ({ run }) => run({ registry, traits }))

  it('works behind a cache', async () => {
    const cached = cachedRegistry(registry)
    const subject = freshSubject()
    await expectCode(cached.latest(subject), 'subject-not-found')
    const registered = await cached.register(subject, freshRecord())
    expect(await cached.latest(subject)).toEqual(registered)
    expect(cached.peekById(registered.id)).toEqual(await registry.schemaById(registered.id))
  })

  it('is seen to be somewhere else under a wrong path', async () => {
    const lost = httpRegistry({ url: `${apicurio.url}/nowhere` })
    const error = await expectCode(lost.versions(freshSubject()), 'registry-rejected')
    expect(error.message).toContain('path')
    await expectCode(httpRegistry({ url: new URL(apicurio.url).origin }).versions(freshSubject()), 'registry-rejected')
  })

  it('refuses a schema that is not compatible, once it is told to check', async () => {
    const subject = freshSubject()
    const first = await registry.register(subject, freshRecord([{ name: 'a', type: 'int' }]))
    const put = await fetch(`${apicurio.url}/config/${subject}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
    })
    expect(put.status).toBe(200)
    const changed = first.text.replace('"int"', '"string"')
    const error = await expectCode(registry.register(subject, { format: 'AVRO', text: changed }), 'incompatible-registration')
    expect(error).toMatchObject({ details: { subject, status: 409 } })
    expect(await registry.versions(subject)).toEqual([1])
  })
})
