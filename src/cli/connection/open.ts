import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import type { RegistryAuth } from '../../registry/http/credentials.ts'
import { httpRegistry } from '../../registry/http/http-registry.ts'
import type { RegistryTls } from '../../registry/http/tls.ts'
import type { BrowsableRegistry, ManagedRegistry, Registry } from '../../registry/types.ts'
import { readText, unreadable } from '../files.ts'
import { usageError } from '../usage.ts'
import type { ConnectionContext } from './options.ts'

/** How to be let in. Files by their paths. */
export interface Access {
  readonly auth: string | undefined
  readonly tokenFile: string | undefined
  readonly ca: string | undefined
  readonly clientCert?: string | undefined
  readonly clientKey?: string | undefined
  /** Milliseconds for one attempt. */
  readonly timeout: number
  readonly cwd: string
}

/** An open registry. */
export interface Connection<R extends Registry = ManagedRegistry> {
  readonly registry: R
  /** What it is, without credentials. */
  readonly name: string
}

/** A registry that lists what it holds; a lock file is one, too. */
export type Browsable = Registry & Pick<BrowsableRegistry, 'subjects' | 'uses'>

/** What holds where nothing was set, as a server has it unless it is told otherwise. */
const defaultLevel = 'BACKWARD'

/** Milliseconds for a call with all its attempts, at least. */
const deadline = 30_000

/** Opens the registry that the options name. @throws EvolveError `invalid-options` where they name none. */
export async function openConnection(context: ConnectionContext): Promise<Connection> {
  const registry = await namedRegistry(context)
  if (registry === undefined)
    throw usageError('no registry is named', 'give --registry URL, set KAFKA_EVOLVE_REGISTRY, or name it in kafka-evolve.json')
  return openAddress(registry, context)
}

/** The address that the options, the environment or else `kafka-evolve.json` name. @throws EvolveError `invalid-options` for a faulty file. */
export async function namedRegistry({ options, cwd }: ConnectionContext): Promise<string | undefined> {
  if (options.registry !== undefined) return options.registry
  const { readConfig } = await import('../gate/config/read-config.ts')
  return (await readConfig(cwd, undefined)).registry
}

/** Opens the registry of an address, whatever `--registry` says. @throws EvolveError as {@link openWith}. */
export async function openAddress(address: string, { options, cwd }: ConnectionContext): Promise<Connection> {
  const { auth, 'token-file': tokenFile, ca, 'client-cert': clientCert, 'client-key': clientKey, timeout } = options
  return openWith(address, { auth, tokenFile, ca, clientCert, clientKey, timeout, cwd })
}

/** Opens the registry of an address. @throws EvolveError `invalid-options`; it quotes nothing that may be a password. */
export async function openWith(address: string, access: Access): Promise<Connection> {
  if (address.startsWith('file:')) {
    const path = await logOf(resolve(access.cwd, folderOf(address)))
    return { registry: await fileRegistry({ path, readOnly: true, compatibility: defaultLevel }), name: `file:${folderOf(address)}` }
  }
  const urls = address
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
  if (urls.length === 0 || !urls.every((url) => /^https?:\/\//i.test(url)))
    throw usageError('the address of the registry is neither http(s)://… nor file:DIR', 'such as http://localhost:8081')
  const timeoutMs = access.timeout
  const deadlineMs = Math.max(deadline, 2 * timeoutMs)
  const registry = httpRegistry({ urls, timeoutMs, deadlineMs, auth: await authOf(access), tls: await tlsOf(access) })
  return { registry, name: urls.map(withoutCredentials).join(', ') }
}

/** `file:DIR` and `file:///DIR` alike. @throws EvolveError `invalid-options` without a folder. */
function folderOf(address: string): string {
  const folder = address.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
  if (folder === '') throw usageError('file: names no folder', 'give file:DIR, the folder of a file store')
  return folder
}

/** The log of a file store in a folder, or the log itself. @throws EvolveError `invalid-options` where there is neither. */
async function logOf(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? join(path, 'schemas.log') : path
  } catch (error) {
    throw unreadable('the file store', path, error)
  }
}

/** Certificates of the files, beside the authorities that Node knows. */
async function tlsOf({ ca, clientCert, clientKey, cwd }: Access): Promise<RegistryTls | undefined> {
  if (ca === undefined && clientCert === undefined && clientKey === undefined) return undefined
  const read = async (what: string, path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : readText(what, path, cwd)
  const own = await read('--ca', ca)
  // Node passes over what is no certificate, and would go on without it.
  if (own?.includes('-----BEGIN CERTIFICATE-----') === false) throw usageError(`--ca: ${ca} holds no certificate in PEM`)
  const known = own === undefined ? undefined : [...(await import('node:tls')).rootCertificates, own]
  return { ca: known, cert: await read('--client-cert', clientCert), key: await read('--client-key', clientKey) }
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
