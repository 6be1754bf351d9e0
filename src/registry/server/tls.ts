import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { EvolveError } from '../../errors.ts'

/** Certificates of a server, in PEM. */
export interface ServerTls {
  /** Its certificate, with those between it and a root. */
  readonly cert: string | Buffer
  /** The private key of that. */
  readonly key: string | Buffer
  /** Of a key that is encrypted. */
  readonly passphrase?: string
  /** The roots that clients' certificates must come from. Default: those of Node. */
  readonly ca?: string | Buffer
  /** Asks each client for a certificate and cuts off those without a good one. Default `false`. */
  readonly requestCert?: boolean
}

/** As Node takes them. TLS 1.2 and above. @throws EvolveError `invalid-options` for material that is none; it quotes nothing of it. */
export function tlsOptions(tls: ServerTls): SecureContextOptions & { readonly requestCert: boolean; readonly rejectUnauthorized: boolean } {
  const { cert, key, passphrase, ca, requestCert = false } = tls
  const material = { cert, key, ...(passphrase === undefined ? {} : { passphrase }), ...(ca === undefined ? {} : { ca }) }
  try {
    createSecureContext(material)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    const hint = 'both are PEM texts; the key must be the one that the certificate was made for'
    throw new EvolveError('invalid-options', `tls: the certificate or its key cannot be used${code}`, { hint })
  }
  return { ...material, minVersion: 'TLSv1.2', requestCert, rejectUnauthorized: requestCert }
}
