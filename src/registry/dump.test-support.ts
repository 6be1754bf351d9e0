import type { ManagedRegistry } from './types.ts'

/** All that a registry answers about what it holds, through its methods alone: two that hold the same give equal dumps. */
export async function dumpOf(registry: ManagedRegistry): Promise<unknown> {
  const all = { deleted: true }
  const names = await registry.subjects({ prefix: ':*:', ...all })
  const contexts = await registry.contexts()
  return {
    contexts: await Promise.all(contexts.map(async (context) => ({ context, ...(await settingsOf(registry, `:${context}:`)) }))),
    global: await settingsOf(registry, undefined),
    listed: await registry.subjects({ prefix: ':*:' }),
    subjects: await Promise.all(names.map((subject) => dumpOfSubject(registry, subject))),
  }
}

async function dumpOfSubject(registry: ManagedRegistry, subject: string): Promise<unknown> {
  const numbers = await registry.versions(subject, { deleted: true })
  const versions = numbers.map(async (number) => {
    const entry = await registry.version(subject, number, { deleted: true })
    return {
      entry,
      byId: await registry.schemaById(entry.id, { subject }),
      uses: await registry.uses(entry.id, { subject, deleted: true }),
      referencedBy: await registry.referencedBy(subject, number, { deleted: true }),
    }
  })
  return {
    subject,
    listed: await registry.versions(subject).catch(() => []),
    versions: await Promise.all(versions),
    ...(await settingsOf(registry, subject)),
  }
}

async function settingsOf(registry: ManagedRegistry, subject: string | undefined): Promise<object> {
  return {
    config: await registry.config(subject),
    mode: await registry.mode(subject),
    inForce: await registry.config(subject, { defaultToGlobal: true }),
    modeInForce: await registry.mode(subject, { defaultToGlobal: true }),
  }
}
