import { join } from 'node:path'
import type { CompatibilityLevel } from '../../registry/compatibility/levels.ts'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import { usageError } from '../usage.ts'

/** Where a server keeps its schemas. */
export type StoreAddress = { readonly kind: 'memory' } | { readonly kind: 'file'; readonly folder: string }

/** An open store. */
export interface OpenStore {
  readonly registry: ManagedRegistry
  /** What it is, without credentials. */
  readonly name: string
}

const forms = 'memory, file:DIR, postgres://USER:PASSWORD@HOST:PORT/DATABASE or kafka:HOST:PORT,HOST:PORT?topic=NAME'

/** Takes the text of `--store` apart. @throws EvolveError `invalid-options`; it quotes nothing that may be a password. */
export function storeAddress(text: string): StoreAddress {
  const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/s.exec(text) ?? []
  if (kind === 'memory' && rest === '') return { kind }
  if (kind === 'file' && rest !== '') return { kind, folder: rest }
  throw usageError(`--store is none of those there are${kind === '' ? '' : ` (it begins with '${kind}')`}`, `give ${forms}`)
}

/** Opens the store. `level` is in force where none is set. @throws EvolveError what opening it throws. */
export async function openStore(address: StoreAddress, level: CompatibilityLevel): Promise<OpenStore> {
  switch (address.kind) {
    case 'memory':
      return { registry: memoryRegistry({ compatibility: level }), name: 'memory' }
    case 'file': {
      const path = join(address.folder, 'schemas.log')
      return { registry: await fileRegistry({ path, compatibility: level }), name: `file:${address.folder}` }
    }
  }
}
