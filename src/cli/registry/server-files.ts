import { readFile } from 'node:fs/promises'
import { EvolveError } from '../../errors.ts'
import { type AccessRules, accessRules } from '../../registry/server/access/rules.ts'
import type { ServerTls } from '../../registry/server/tls.ts'
import { unreadable } from '../files.ts'
import { usageError } from '../usage.ts'

/** Files that a server is started with, and reads again when it is told to. */
export interface ServerFiles {
  readonly auth: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly clientCa: string | undefined
}

/** Throws `invalid-options` unless the files go together. */
export function checkFiles({ cert, key, clientCa }: ServerFiles): void {
  if ((cert === undefined) !== (key === undefined)) throw usageError('--tls-cert and --tls-key go together')
  if (clientCa !== undefined && cert === undefined) throw usageError('--tls-client-ca needs --tls-cert and --tls-key')
}

/** @throws EvolveError `invalid-options` when the file cannot be read, or holds no rules of access. It quotes nothing of it. */
export async function readAuth({ auth }: ServerFiles): Promise<AccessRules | undefined> {
  if (auth === undefined) return undefined
  const text = await read('--auth', auth)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The message of the parser quotes the text.
    throw usageError(`--auth: ${auth} is not JSON`)
  }
  try {
    return accessRules(json)
  } catch (error) {
    throw error instanceof EvolveError ? new EvolveError(error.code, `--auth: ${auth}: ${error.problem}`, error.details) : error
  }
}

/** @throws EvolveError `invalid-options` when a file cannot be read. */
export async function readTls({ cert, key, clientCa }: ServerFiles): Promise<ServerTls | undefined> {
  if (cert === undefined || key === undefined) return undefined
  const pair = { cert: await read('--tls-cert', cert), key: await read('--tls-key', key) }
  return clientCa === undefined ? pair : { ...pair, ca: await read('--tls-client-ca', clientCa), requestCert: true }
}

async function read(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(option, path, error)
  }
}
