/** What is used of `@confluentinc/schemaregistry`: it is fetched for these tests, and not among what this package is built with. */
export interface ConfluentClients {
  readonly SchemaRegistryClient: new (config: { readonly baseURLs: readonly string[] }) => Client
  readonly AvroSerializer: new (client: Client, type: string, config: object) => { serialize: Serialize }
  readonly AvroDeserializer: new (client: Client, type: string, config: object) => { deserialize: Deserialize }
  readonly HeaderSchemaIdSerializer: unknown
  readonly DualSchemaIdDeserializer: unknown
}

type Serialize = (topic: string, value: unknown, headers?: object) => Promise<Buffer>
type Deserialize = (topic: string, bytes: Buffer, headers?: object) => Promise<object>
type Call = (...args: readonly unknown[]) => Promise<unknown>
type Client = Readonly<Record<string, Call>>

interface Version {
  readonly id: number
  readonly version: number
  readonly guid: string
  readonly schema: string
  readonly metadata?: unknown
  readonly references?: readonly { readonly name: string }[]
}

/** What Confluent's client for JavaScript hears from a registry. The subject must be free. */
export async function hearWithJavaScript(
  clients: ConfluentClients,
  url: string,
  subject: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { SchemaRegistryClient, AvroSerializer, AvroDeserializer, HeaderSchemaIdSerializer, DualSchemaIdDeserializer } = clients
  const client = (): Client => new SchemaRegistryClient({ baseURLs: [url] })
  const ask = async <T>(name: string, ...args: readonly unknown[]): Promise<T> => {
    const fresh = client()
    return (await fresh[name]?.(...args)) as T
  }
  const refusal = async (name: string, ...args: readonly unknown[]): Promise<{ readonly status: number; readonly errorCode: number }> =>
    ask(name, ...args).then(
      () => ({ status: 200, errorCode: 0 }),
      (error: unknown) => error as { readonly status: number; readonly errorCode: number },
    )
  const name = subject.replaceAll('-', '_')
  const record = (...fields: readonly object[]) => ({ schema: JSON.stringify({ type: 'record', name, fields }), schemaType: 'AVRO' })
  const [a, b, x] = [
    { name: 'a', type: 'int' },
    { name: 'b', type: 'int', default: 1 },
    { name: 'x', type: 'string', default: '' },
  ]
  const [first, second] = [record(a), record(a, b)]

  const id = await ask<number>('register', subject, first)
  const whole = await ask<Version>('registerFullResponse', subject, first)
  const heard: Record<string, unknown> = {
    register: [(await ask('register', subject, first)) === id, whole.version, whole.id === id],
    'by id': (await ask<Version>('getBySubjectAndId', subject, id)).schema === first.schema,
    'by guid': (await ask<Version>('getByGuid', whole.guid)).schema === first.schema,
    lookup: [(await ask('getId', subject, first)) === id, await ask('getVersion', subject, first)],
    latest: [
      (await ask<Version>('getLatestSchemaMetadata', subject)).version,
      (await ask<Version>('getSchemaMetadata', subject, 1)).version,
    ],
    versions: await ask('getAllVersions', subject),
    subjects: (await ask<readonly string[]>('getAllSubjects')).includes(subject),
    missing: [
      (await refusal('getBySubjectAndId', subject, 999_999)).errorCode,
      (await refusal('getLatestSchemaMetadata', `none-${subject}`)).errorCode,
      (await refusal('getSchemaMetadata', subject, 99)).errorCode,
    ],
  }
  await ask('updateCompatibility', subject, 'BACKWARD')
  const bad = record(a, { name: 'c', type: 'int' })
  heard.checks = [
    await ask('testSubjectCompatibility', subject, second),
    await ask('testSubjectCompatibility', subject, bad),
    await ask('testCompatibility', subject, 1, second),
  ]
  const { status, errorCode } = await refusal('register', subject, bad)
  heard.refused = [status, errorCode]
  heard.level = [await ask('updateCompatibility', subject, 'FULL'), await ask('getCompatibility', subject)]
  await ask('updateConfig', subject, { compatibility: 'NONE', normalize: true })
  heard.config = (await ask<{ readonly normalize: boolean }>('getConfig', subject)).normalize
  const contract = await ask<number>('register', subject, { ...second, metadata: { properties: { major: '2' } } })
  heard.contract = (await ask<Version>('getBySubjectAndId', subject, contract)).metadata
  heard['latest with metadata'] = (await ask<Version>('getLatestWithMetadata', subject, { major: '2' })).version

  const user = `${subject}-user`
  const referring = { schema: JSON.stringify(['null', name]), references: [{ name: 'a reference', subject, version: 1 }] }
  const userId = await ask<number>('register', user, referring)
  heard.references = (await ask<Version>('getBySubjectAndId', user, userId)).references?.[0]?.name
  heard.deletes = [
    await ask('deleteSubjectVersion', subject, 2),
    await ask('deleteSubjectVersion', subject, 2, true),
    await ask('deleteSubject', user),
    await ask('deleteSubject', user, true),
  ]

  const topic = `${subject}-topic`
  await ask('register', `${topic}-value`, record(a, x))
  const latest = new AvroSerializer(client(), 'VALUE', { useLatestVersion: true })
  const bytes = await latest.serialize(topic, { a: 5, x: 'y' })
  heard['with the latest'] = { ...(await new AvroDeserializer(client(), 'VALUE', {}).deserialize(topic, bytes)) }
  const headers = {}
  const inHeader = new AvroSerializer(client(), 'VALUE', { useLatestVersion: true, schemaIdSerializer: HeaderSchemaIdSerializer })
  const byHeader = new AvroDeserializer(client(), 'VALUE', { schemaIdDeserializer: DualSchemaIdDeserializer })
  const framed = await inHeader.serialize(topic, { a: 6, x: 'z' }, headers)
  heard['GUID in a header'] = { ...(await byHeader.deserialize(topic, framed, headers)) }
  return heard
}
