import { EvolveError } from '../../errors.ts'
import { type Credentials, credentials, type RegistryAuth } from './credentials.ts'
import { type Endpoint, Endpoints } from './endpoints.ts'
import type { Manner } from './exchange.ts'
import { nodeTransport } from './node-transport.ts'
import { checkedTls, type RegistryTls } from './tls.ts'
import { fetchTransport } from './transport.ts'

/** Options of {@link httpRegistry}. */
export interface HttpRegistryOptions {
  /** Address of the registry, with the path in front of `/subjects` where it has one (Apicurio: `/apis/ccompat/v7`). May hold `user:password@`. */
  readonly url?: string | URL | undefined
  /**
   * Addresses of one registry, in place of `url`: where one refuses the connection, gives no answer in time, or answers 5xx or 429, the next is asked.
   * The one that answered is asked first from then on, and the first of the list tried again after 30 s.
   */
  readonly urls?: readonly (string | URL)[] | undefined
  /** User name and password, or a bearer token. Default: those in each url, if any. */
  readonly auth?: RegistryAuth | undefined
  /** Certificates, for https. */
  readonly tls?: RegistryTls | undefined
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Milliseconds for one attempt at one address, answer included; default 5,000. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds for a whole call with all its attempts and pauses; default 30,000, or `timeoutMs` where that is more. */
  readonly deadlineMs?: number | undefined
  /** How often all addresses are asked again, after a pause, when all failed for the moment; default 2. */
  readonly retries?: number | undefined
  /** In place of Node's own HTTP client, for a proxy or the like. Excludes `tls`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Longest answer that is read; default 2 MiB. */
  readonly maxAnswerBytes?: number | undefined
}

/** Most addresses of one registry. */
const maxUrls = 32

/** The options, checked, and what they make. */
export interface CheckedOptions extends Manner {
  /** Addresses for messages. */
  readonly bases: string
}

/** @throws EvolveError `invalid-options`; no part of an address or of credentials is in its message. */
export function checkedOptions(options: HttpRegistryOptions): CheckedOptions {
  const {
    timeoutMs = 5_000,
    deadlineMs = Math.max(30_000, timeoutMs),
    retries = 2,
    maxAnswerBytes = 2 * 1024 * 1024,
    headers = {},
    fetch,
    tls,
  } = options
  atLeast('timeoutMs', timeoutMs, 1)
  atLeast('deadlineMs', deadlineMs, 1)
  atLeast('retries', retries, 0)
  atLeast('maxAnswerBytes', maxAnswerBytes, 1)
  if (tls !== undefined && fetch !== undefined) {
    throw new EvolveError('invalid-options', 'tls and fetch are both given', { hint: 'give the certificates to that fetch' })
  }
  const endpoints = addresses(options).map((url): Endpoint => {
    const { base, auth } = address(url)
    return { base, credentials: credentials(options.auth ?? auth, headers) }
  })
  return {
    endpoints: new Endpoints(endpoints),
    transport: fetch === undefined ? nodeTransport(tls === undefined ? undefined : checkedTls(tls)) : fetchTransport(fetch),
    timeoutMs,
    deadlineMs,
    retries,
    maxAnswerBytes,
    bases: endpoints.map(({ base }) => base).join(', '),
    redact: redactor(endpoints.map((endpoint) => endpoint.credentials)),
  }
}

function redactor(all: readonly Credentials[]): (text: string) => string {
  return (text) => all.reduce((clean, one) => one.redact(clean), text)
}

function addresses({ url, urls }: HttpRegistryOptions): readonly (string | URL)[] {
  if ((url === undefined) === (urls === undefined)) throw new EvolveError('invalid-options', 'httpRegistry needs one of url and urls')
  const list = urls ?? [url as string | URL]
  if (!Array.isArray(list) || list.length === 0 || list.length > maxUrls) {
    throw new EvolveError('invalid-options', `urls is not a list of 1 to ${maxUrls} addresses`)
  }
  return list
}

function atLeast(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 0x7fff_ffff) return
  throw new EvolveError('invalid-options', `${name} is ${String(value)}, not an integer from ${least}`)
}

function address(url: string | URL): { readonly base: string; readonly auth?: RegistryAuth } {
  // The text is not quoted in errors: it may hold a password.
  if (!URL.canParse(String(url)))
    throw new EvolveError('invalid-options', 'url is not a URL', { hint: "give it whole, such as 'http://localhost:8081'" })
  const { protocol, host, pathname, search, hash, username, password } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') throw new EvolveError('invalid-options', 'url is neither http nor https')
  if (search !== '' || hash !== '') throw new EvolveError('invalid-options', 'url has a query or a fragment')
  const base = `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
  if (username === '' && password === '') return { base }
  try {
    return { base, auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }
  } catch {
    throw new EvolveError('invalid-options', 'the credentials in url are not escaped as URLs need it')
  }
}
