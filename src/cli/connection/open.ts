import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import type { RegistryAuth } from '../../registry/http/credentials.ts'
import { httpRegistry } from '../../registry/http/http-registry.ts'
import type { BrowsableRegistry, ManagedRegistry, Registry } from '../../registry/types.ts'
import { readText } from '../files.ts'
import { usageError } from '../usage.ts'
import type { ConnectionContext } from './options.ts'

/** How to be let in. */
export interface Access {
  readonly auth: string | undefined
  readonly tokenFile: string | undefined
  readonly ca: string | undefined
  /** Milliseconds. */
  readonly timeout: number
  readonly cwd: string
}

/** An open registry. */
export interface Connection {
  readonly registry: Registry
  /** What it is, without credentials. */
  readonly name: string
}

/** A registry that lists what it holds; a lock file is one, too. */
export type Browsable = Registry & Pick<BrowsableRegistry, 'subjects' | 'uses'>

/** Opens the registry that the options name. @throws EvolveError `invalid-options` where they name none. */
export async function openConnection(context: ConnectionContext): Promise<Connection> {
  const { registry } = context.options
  if (registry === undefined) throw usageError('no registry is named', 'give --registry URL, or set KAFKA_EVOLVE_REGISTRY')
  return openAddress(registry, context)
}

/** Opens the registry of an address, whatever `--registry` says. @throws EvolveError as {@link openWith}. */
export async function openAddress(address: string, { options, cwd }: ConnectionContext): Promise<Connection> {
  const { auth, 'token-file': tokenFile, ca, timeout } = options
  return openWith(address, { auth, tokenFile, ca, timeout, cwd })
}

/** Opens the registry of an address. @throws EvolveError `invalid-options`; it quotes nothing that may be a password. */
export async function openWith(address: string, access: Access): Promise<Connection> {
  if (address.startsWith('file:')) {
    const path = await logOf(resolve(access.cwd, folderOf(address)))
    return { registry: await fileRegistry({ path, readOnly: true }), name: `file:${folderOf(address)}` }
  }
  const urls = address
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
  const [url] = urls
  if (url === undefined || !urls.every((one) => /^https?:\/\//i.test(one)))
    throw usageError('the address of the registry is neither http(s)://… nor file:DIR', 'such as http://localhost:8081')
  const auth = await authOf(access)
  const registry = httpRegistry({ url, timeoutMs: access.timeout, ...(auth === undefined ? {} : { auth }) })
  return { registry, name: urls.map(withoutCredentials).join(', ') }
}

/** What was opened, if it can say what it holds. @throws EvolveError `invalid-options` where it cannot. */
export function browsable({ registry, name }: Connection): Browsable {
  if ('subjects' in registry && 'uses' in registry) return registry as Browsable
  throw usageError(`${name} cannot list what it holds`)
}

/** What was opened, if it can be managed. @throws EvolveError `invalid-options` where it cannot. */
export function managed({ registry, name }: Connection): ManagedRegistry {
  if ('setConfig' in registry && 'importVersion' in registry) return registry as ManagedRegistry
  throw usageError(`${name} cannot be managed`)
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

async function authOf({ auth, tokenFile, cwd }: Access): Promise<RegistryAuth | undefined> {
  if (tokenFile !== undefined) return { bearer: (await readText('the token', tokenFile, cwd)).trim() }
  if (auth === undefined) return undefined
  const colon = auth.indexOf(':')
  if (colon < 1) throw usageError('basic authentication is given as USER:PASSWORD')
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
