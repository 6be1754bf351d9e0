import { createSecureContext } from 'node:tls'
import { EvolveError } from '../../errors.ts'

/** How a connection over TLS is made. All of it as in Node's `tls.connect`; PEM texts, not names of files. */
export interface RegistryTls {
  /** Authorities that the registry's certificate may come from, in place of those that Node knows. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined
  /** This client's certificate, where the registry asks for one. */
  readonly cert?: string | Buffer | undefined
  /** The key to it. */
  readonly key?: string | Buffer | undefined
  /** What the key is encrypted with. */
  readonly passphrase?: string | undefined
  /** `false`: whoever answers is believed to be the registry. For tests. Default `true`. */
  readonly rejectUnauthorized?: boolean | undefined
  /** The name that the certificate must have, in place of the host of the url. */
  readonly servername?: string | undefined
}

const members = ['ca', 'cert', 'key', 'passphrase', 'rejectUnauthorized', 'servername'] as const

/** @throws EvolveError `invalid-options` for what cannot be used; quotes nothing of it. */
export function checkedTls(tls: RegistryTls): RegistryTls {
  const stranger = Object.keys(tls).find((name) => !members.some((member) => member === name))
  if (stranger !== undefined) throw new EvolveError('invalid-options', `tls has no member '${stranger}'`)
  // Node takes what is not given as given and empty.
  const { ca, ...given } = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) as RegistryTls
  const checked = { ...given, ...(ca === undefined ? {} : { ca: [ca].flat() }) }
  if ((checked.cert === undefined) !== (checked.key === undefined)) {
    throw new EvolveError('invalid-options', 'tls has one of cert and key, and needs both')
  }
  try {
    createSecureContext(checked as Parameters<typeof createSecureContext>[0])
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new EvolveError('invalid-options', `tls cannot be used: a certificate or key is not in PEM, or they do not fit together${code}`)
  }
  return checked
}
