import type { ManagedRegistry } from '../../registry/types.ts'
import type { CommandContext } from '../command.ts'
import { openWith } from '../connection/open.ts'
import { readText } from '../files.ts'
import { openStore } from '../registry/open-store.ts'
import { storeAddress } from '../registry/store-address.ts'
import type { importOptions } from './import-options.ts'
import { readRegistry, type Snapshot } from './snapshot.ts'

type Context = CommandContext<typeof importOptions>

/** What is to be imported. */
export interface Source {
  readonly name: string
  readonly snapshot: Snapshot
  /** What could not be read of it. */
  readonly notes: readonly string[]
}

/** Reads the source. @throws EvolveError `invalid-options`, or what reading it throws. */
export async function openSource(address: string, { options, cwd }: Context, signal: AbortSignal): Promise<Source> {
  if (address.startsWith('kafka:')) {
    const { readTopic } = await import('./read-topic.ts')
    return { name: address, ...(await readTopic(address, signal)) }
  }
  if (!/^(https?|file):/i.test(address)) {
    const text = await readText('--from', address, cwd)
    return { name: address, ...(await import('./read-topic.ts')).readTopicDump(text, address) }
  }
  const { 'from-auth': auth, 'from-token-file': tokenFile, ca, timeout } = options
  const connection = await openWith(address, { auth, tokenFile, ca, timeout, cwd })
  try {
    return { name: connection.name, snapshot: await readRegistry(connection.registry, signal), notes: [] }
  } finally {
    await connection.registry.close()
  }
}

/** Opens the target: a server, or a store that no server has open. @throws EvolveError `invalid-options`, or what opening it throws. */
export async function openTarget(
  address: string,
  { options, cwd, env }: Context,
): Promise<{ readonly registry: ManagedRegistry; readonly name: string }> {
  if (!/^https?:/i.test(address)) return openStore(storeAddress(address), { level: 'BACKWARD', env })
  const { 'to-auth': auth, 'to-token-file': tokenFile, ca, timeout } = options
  const connection = await openWith(address, { auth, tokenFile, ca, timeout, cwd })
  return { registry: connection.registry, name: connection.name }
}
