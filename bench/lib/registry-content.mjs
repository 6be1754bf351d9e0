import { open } from 'node:fs/promises'

/** The version of a schema: one more optional field than the one before. Every text is another one. */
export function schemaText(subject, version) {
  const added = Array.from({ length: version - 1 }, (_, at) => ({ name: `added${at + 1}`, type: ['null', 'string'], default: null }))
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
  ]
  return JSON.stringify({ type: 'record', name: `Event${subject}`, namespace: 'shop.load', fields: [...fields, ...added] })
}

export const subjectName = (subject) => `load-${String(subject).padStart(5, '0')}-value`

/** Writes a store of `subjects` x `versions` with the package itself, without waiting for the disk. */
export async function writeStore(registryApi, path, subjects, versions) {
  const eager = { open: async (file, flags) => lazyHandle(await open(file, flags)) }
  const registry = await registryApi.fileRegistry({ path, fileSystem: eager })
  for (let version = 1; version <= versions; version += 1) {
    for (let subject = 0; subject < subjects; subject += 1) {
      await registry.register(subjectName(subject), { format: 'AVRO', text: schemaText(subject, version) })
    }
  }
  await registry.close()
}

function lazyHandle(handle) {
  return {
    read: (...args) => handle.read(...args),
    write: (...args) => handle.write(...args),
    truncate: (length) => handle.truncate(length),
    datasync: async () => undefined,
    stat: () => handle.stat(),
    close: () => handle.close(),
  }
}
