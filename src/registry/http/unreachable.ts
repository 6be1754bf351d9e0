import { type ErrorDetails, EvolveError } from '../../errors.ts'

/** Errors of sockets and names that come before a request was sent. */
const untouched: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

const untrusted = 'its certificate is not from an authority that Node knows: give that authority (tls.ca; on the command line --ca FILE)'

/** What to do about errors of TLS, by the code that Node (and OpenSSL in it) gives them. */
const tlsHints: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', untrusted],
  ['SELF_SIGNED_CERT_IN_CHAIN', untrusted],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host: give that name as tls.servername, if it is the right one'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'it asks for a certificate of the client: give tls.cert and tls.key'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'it may ask for a certificate of the client: give tls.cert and tls.key'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'it may ask for a certificate of the client: give tls.cert and tls.key'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS: is it http?'],
  ['EPROTO', 'it does not speak TLS as Node does: is it http?'],
])

/** The error for what went wrong below HTTP, or in it. */
export function unreachable(error: unknown, base: string, details: ErrorDetails): EvolveError {
  const root = rootCause(error)
  const code = codeOf(root)
  if (/^(HPE_|Z_)/.test(code)) {
    const hint = 'is the url that of a schema registry?'
    return new EvolveError('registry-bad-answer', `the answer of ${base} is not HTTP as it should be (${code})`, { ...details, hint })
  }
  const hint = tlsHints.get(code) ?? 'does it run, and is the url right?'
  const place = code === '' ? '' : ` (${code})`
  // Only the error of a socket or a name goes along: others may quote the request or the answer.
  const cause = root instanceof Error && 'syscall' in root ? root : undefined
  return new EvolveError('registry-unavailable', `the registry at ${base} cannot be reached${place}`, { ...details, hint }, cause)
}

/** Whether the request has certainly not reached the server. */
export function isUntouched(error: unknown): boolean {
  return untouched.has(codeOf(rootCause(error)))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function rootCause(error: unknown): unknown {
  let at = error
  for (let depth = 0; depth < 8 && at instanceof Error && at.cause !== undefined; depth += 1) at = at.cause
  return at instanceof AggregateError && at.errors.length > 0 ? at.errors[0] : at
}
