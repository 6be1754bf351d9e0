import { EvolveError } from '../../errors.ts'

/** How the client proves who it is. A function is asked before every attempt, for tokens that expire. */
export type RegistryAuth =
  | { readonly username: string; readonly password: string }
  | { readonly bearer: string | (() => string | Promise<string>) }

/** What is sent with each request, and a way to keep it out of messages. */
export interface Credentials {
  /** Headers of one attempt. @throws EvolveError `registry-rejected` when no usable token is given. */
  headers(): Promise<Headers>
  /** The text with every secret that it holds blotted out. */
  redact(text: string): string
}

/** @throws EvolveError `invalid-options` for headers that cannot be sent. Its message holds none of their values. */
export function credentials(auth: RegistryAuth | undefined, extra: Readonly<Record<string, string>>): Credentials {
  const fixed = new Headers()
  for (const [name, value] of Object.entries(extra)) setHeader(fixed, name, value, 'invalid-options')
  const secrets = new Set(Object.values(extra).filter((value) => value.length >= 8))
  if (auth !== undefined && 'username' in auth) {
    const encoded = Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
    if (auth.password !== '') secrets.add(auth.password)
    secrets.add(encoded)
    setHeader(fixed, 'authorization', `Basic ${encoded}`, 'invalid-options')
  }
  const bearer = auth !== undefined && 'bearer' in auth ? auth.bearer : undefined
  if (typeof bearer === 'string') useToken(fixed, bearer, 'invalid-options')

  function useToken(headers: Headers, token: unknown, code: 'invalid-options' | 'registry-rejected'): void {
    if (typeof token !== 'string' || token === '') throw new EvolveError(code, 'the bearer token is empty')
    // Tokens that expire would pile up here: only the last few can still be in an answer.
    if (secrets.size > 32) secrets.delete([...secrets][0] as string)
    secrets.add(token)
    setHeader(headers, 'authorization', `Bearer ${token}`, code)
  }

  return {
    async headers(): Promise<Headers> {
      if (typeof bearer !== 'function') return fixed
      const headers = new Headers(fixed)
      useToken(headers, await askForToken(bearer), 'registry-rejected')
      return headers
    },
    redact: (text) => [...secrets].reduce((clean, secret) => clean.replaceAll(secret, '***'), text),
  }
}

async function askForToken(bearer: () => string | Promise<string>): Promise<string> {
  try {
    return await bearer()
  } catch {
    // What went wrong inside may quote the token.
    throw new EvolveError('registry-rejected', 'the function that gives the bearer token failed')
  }
}

function setHeader(headers: Headers, name: string, value: string, code: 'invalid-options' | 'registry-rejected'): void {
  try {
    headers.set(name, value)
  } catch {
    // The original error quotes the value.
    throw new EvolveError(code, `the header '${name}' cannot be sent: its name or value holds a character that HTTP does not allow`)
  }
}
