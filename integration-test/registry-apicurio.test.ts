import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cachedRegistry, httpRegistry, lockedRegistry, type ManagedRegistry, pullLockfile, verifyLockfile } from '../src/registry/index.ts'
import { managedCases } from '../src/registry/managed-cases.test-support.ts'
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
  let registry: ManagedRegistry
  beforeAll(async () => {
    apicurio = await startApicurio(jar ?? '')
    registry = httpRegistry({ url: apicurio.url, timeoutMs: 60_000 })
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

  /** The others need modes, contexts or metadata, which Apicurio's API has not, or what it does in another way. */
  const shared = [
    'gives a schema that was deleted its ID again, and a version of its own',
    'purges only what was deleted, text and all, and never gives the ID again',
    'keeps a schema that another subject holds when its version is purged',
    'refuses to delete what is not there',
    'holds new versions against those that are listed, and no others',
  ]
  it.each(managedCases.filter(({ name }) => shared.includes(name)))('$name', ({ run }) => run({ registry }))

  it('can be browsed and configured', async () => {
    expect(managedCases.filter(({ name }) => shared.includes(name))).toHaveLength(shared.length)
    const [base, top] = [freshSubject(), freshSubject()]
    const inner = await registry.register(base, freshRecord())
    const { name } = JSON.parse(inner.text) as { name: string }
    const references = [{ name, subject: base, version: 1 }]
    const outer = await registry.register(top, { ...freshRecord([{ name: 'i', type: name }]), references })
    expect(await registry.subjects()).toEqual(expect.arrayContaining([base, top]))
    expect(await registry.uses(inner.id)).toEqual([{ subject: base, version: 1 }])
    expect(await registry.referencedBy(base, 1)).toEqual([outer.id])
    expect(await registry.contexts()).toEqual(['.'])
    expect(await registry.setConfig(base, { compatibility: 'BACKWARD' })).toEqual({ compatibility: 'BACKWARD' })
    expect(await registry.checkCompatibility(base, inner)).toEqual({ level: 'BACKWARD', compatible: true, problems: [] })
    const changed = { ...inner, text: inner.text.replace('"int"', '"string"') }
    const report = await registry.checkCompatibility(base, changed)
    expect(report).toMatchObject({ level: 'BACKWARD', compatible: false, problems: [{ version: 1 }] })
  })

  it('is pulled into a lock file, which holds against it', async () => {
    const [base, top] = [freshSubject(), freshSubject()]
    const inner = await registry.register(base, freshRecord())
    const { name } = JSON.parse(inner.text) as { name: string }
    const references = [{ name, subject: base, version: 1 }]
    const outer = await registry.register(top, { ...freshRecord([{ name: 'i', type: name }]), references })
    await registry.register(top, freshRecord())
    await registry.deleteVersion(top, 2)
    const lockfile = await pullLockfile(registry, [top])
    expect(lockfile.subjects.map(({ subject, versions, deleted = [] }) => [subject, versions.length, deleted.length])).toEqual(
      [
        [base, 1, 0],
        [top, 1, 1],
      ].sort(),
    )
    expect(await verifyLockfile(lockfile, registry)).toEqual([])
    expect(lockedRegistry({ lockfile }).peekById(outer.id)).toMatchObject({ text: outer.text, references })
    const next = await registry.register(base, freshRecord())
    expect(await verifyLockfile(lockfile, registry)).toMatchObject([{ kind: 'new-version', subject: base, version: 2, id: next.id }])
  })
})
