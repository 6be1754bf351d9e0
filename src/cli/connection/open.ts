import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import type { RegistryAuth } from '../../registry/http/credentials.ts'
import { httpRegistry } from '../../registry/http/http-registry.ts'
import type { ManagedRegistry, Registry } from '../../registry/types.ts'
import { readText } from '../files.ts'
import { usageError } from '../usage.ts'
import type { ConnectionContext } from './options.ts'

/** An open registry. */
export interface Connection {
  readonly registry: Registry
  /** What it is, without credentials. */
  readonly name: string
}

/** Opens the registry that the options name. @throws EvolveError `invalid-options` where they name none. */
export async function openConnection(context: ConnectionContext): Promise<Connection> {
  const { registry } = context.options
  if (registry === undefined) throw usageError('no registry is named', 'give --registry URL, or set KAFKA_EVOLVE_REGISTRY')
  return openAddress(registry, context)
}

/** Opens the registry of an address. @throws EvolveError `invalid-options`; it quotes nothing that may be a password. */
export async function openAddress(address: string, context: ConnectionContext): Promise<Connection> {
  if (address.startsWith('file:')) {
    const path = await logOf(resolve(context.cwd, folderOf(address)))
    return { registry: await fileRegistry({ path, readOnly: true }), name: `file:${folderOf(address)}` }
  }
  const urls = address
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
  const [url] = urls
  if (url === undefined || !urls.every((one) => /^https?:\/\//i.test(one)))
    throw usageError('the address of the registry is neither http(s)://… nor file:DIR', 'such as http://localhost:8081')
  const auth = await authOf(context)
  const registry = httpRegistry({ url, timeoutMs: context.options.timeout, ...(auth === undefined ? {} : { auth }) })
  return { registry, name: urls.map(withoutCredentials).join(', ') }
}

/** What was opened, if it can also be browsed and managed. @throws EvolveError `invalid-options` where it cannot. */
export function managed({ registry, name }: Connection): ManagedRegistry {
  if ('subjects' in registry && 'setConfig' in registry) return registry as ManagedRegistry
  throw usageError(`${name} does not say what it holds`)
}

/** `file:DIR` and `file:///DIR` alike. */
function folderOf(address: string): string {
  return address.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
}

/** The log of a file store in a folder, or the log itself. */
async function logOf(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isFolder ? join(path, 'schemas.log') : path
}

async function authOf({ options, cwd }: ConnectionContext): Promise<RegistryAuth | undefined> {
  const { auth, 'token-file': tokenFile } = options
  if (tokenFile !== undefined) return { bearer: (await readText('--token-file', tokenFile, cwd)).trim() }
  if (auth === undefined) return undefined
  const colon = auth.indexOf(':')
  if (colon < 1) throw usageError('--auth (or KAFKA_EVOLVE_REGISTRY_AUTH) is USER:PASSWORD')
  return { username: auth.slice(0, colon), password: auth.slice(colon + 1) }
}

function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}${pathname}`.replace(/\/$/, '')
  } catch {
    return 'the registry'
  }
}
