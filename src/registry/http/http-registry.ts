import { EvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { checkId, checkSchemaText, checkSubject, checkVersion } from '../checks.ts'
import { following } from '../signals.ts'
import type { CallOptions, RegisteredSchema, Registry, SubjectVersion } from '../types.ts'
import { idAnswer, schemaAnswer, unusable, versionAnswer, versionsAnswer } from './answers.ts'
import { credentials, type RegistryAuth } from './credentials.ts'
import { exchange, type Inquiry, type Manner } from './exchange.ts'
import { jitter, pause } from './pause.ts'

/** Options of {@link httpRegistry}. */
export interface HttpRegistryOptions {
  /** Address of the registry, with the path in front of `/subjects` where it has one (Apicurio: `/apis/ccompat/v7`). May hold `user:password@`. */
  readonly url: string | URL
  /** User name and password, or a bearer token. Default: those in the url, if any. */
  readonly auth?: RegistryAuth
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds for one attempt, answer included; default 5,000. */
  readonly timeoutMs?: number
  /** How often a request that failed for the moment is sent again; default 2. */
  readonly retries?: number
  /** In place of Node's `fetch`, for a proxy or another TLS set-up. */
  readonly fetch?: typeof globalThis.fetch
  /** Longest answer that is read; default 2 MiB. */
  readonly maxAnswerBytes?: number
}

/**
 * Client of any server that speaks the REST API of Confluent's Schema Registry. Keeps nothing: put `cachedRegistry` around it.
 * A call takes at most `(retries + 1) * timeoutMs` and the pauses between (each at most 2 s, or what the server asks for up to `timeoutMs`).
 * Credentials are in no error and no property of what is returned.
 * @throws EvolveError `invalid-options`.
 */
export function httpRegistry(options: HttpRegistryOptions): Registry {
  return new HttpRegistry(manner(options))
}

class HttpRegistry implements Registry {
  readonly #manner: Manner
  readonly #closing = new AbortController()

  constructor(how: Manner) {
    this.#manner = how
  }

  async schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema> {
    checkId(id)
    const inquiry: Inquiry = { question: 'schema-by-id', method: 'GET', path: `/schemas/ids/${id}`, details: { schemaId: id } }
    return this.#ask(inquiry, options, (json) => schemaAnswer(id, json))
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    checkSchemaText(schema, subject)
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#registerOnce(subject, schema, options)
      } catch (error) {
        if (!(error instanceof EvolveError) || error.code !== 'incompatible-registration') throw error
        // Apicurio answers 409 also to whoever comes second with the first version of a subject: a verdict on the schema would be the same again.
        const found = await this.#lookupIfThere(subject, schema, options)
        if (found !== undefined) return found
        if (attempt >= this.#manner.retries) throw error
        await pause(jitter(attempt), options?.signal)
      }
    }
  }

  async versions(subject: string, options?: CallOptions): Promise<readonly number[]> {
    checkSubject(subject)
    const inquiry: Inquiry = { question: 'versions', method: 'GET', path: `${subjectPath(subject)}/versions`, details: { subject } }
    return this.#ask(inquiry, options, versionsAnswer)
  }

  async version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    checkVersion(subject, version)
    const inquiry: Inquiry = {
      question: 'version',
      method: 'GET',
      path: `${subjectPath(subject)}/versions/${version}`,
      details: { subject },
    }
    return this.#ask(inquiry, options, (json) => versionAnswer(subject, json, { version }))
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    const inquiry: Inquiry = { question: 'latest', method: 'GET', path: `${subjectPath(subject)}/versions/latest`, details: { subject } }
    return this.#ask(inquiry, options, (json) => versionAnswer(subject, json))
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    checkSchemaText(schema, subject)
    const inquiry: Inquiry = {
      question: 'lookup',
      method: 'POST',
      path: subjectPath(subject),
      body: requestBody(schema),
      details: { subject },
    }
    return this.#ask(inquiry, options, (json) => versionAnswer(subject, json, { format: schema.format }))
  }

  async close(): Promise<void> {
    this.#closing.abort(new EvolveError('registry-rejected', 'this registry client is closed'))
  }

  async #registerOnce(subject: string, schema: SchemaText, options: CallOptions | undefined): Promise<SubjectVersion> {
    const body = requestBody(schema)
    const inquiry: Inquiry = { question: 'register', method: 'POST', path: `${subjectPath(subject)}/versions`, body, details: { subject } }
    const id = await this.#ask(inquiry, options, idAnswer)
    // The answer holds the ID alone; the version comes from a look-up.
    const found = await this.lookup(subject, schema, options)
    if (found.id !== id) {
      const problem = `the registry at ${this.#manner.base} registered the schema with ID ${id}, and finds it with ID ${found.id}`
      throw new EvolveError('registry-bad-answer', problem, { subject })
    }
    return found
  }

  async #lookupIfThere(subject: string, schema: SchemaText, options: CallOptions | undefined): Promise<SubjectVersion | undefined> {
    try {
      return await this.lookup(subject, schema, options)
    } catch (error) {
      if (error instanceof EvolveError && (error.code === 'subject-not-found' || error.code === 'schema-not-in-subject')) return undefined
      throw error
    }
  }

  #read<T>(json: unknown, read: (json: unknown) => T): T {
    try {
      return read(json)
    } catch (error) {
      throw unusable(this.#manner.base, error)
    }
  }

  async #ask<T>(inquiry: Inquiry, options: CallOptions | undefined, read: (json: unknown) => T): Promise<T> {
    const { controller, release } = following(options?.signal, this.#closing.signal)
    try {
      return this.#read(await exchange(this.#manner, inquiry, controller.signal), read)
    } catch (error) {
      throw error instanceof EvolveError ? error.with(inquiry.details) : error
    } finally {
      release()
    }
  }
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`
}

function requestBody({ format, text, references = [] }: SchemaText): object {
  return {
    schema: text,
    ...(format === 'AVRO' ? {} : { schemaType: format }),
    ...(references.length === 0 ? {} : { references: references.map(({ name, subject, version }) => ({ name, subject, version })) }),
  }
}

function manner(options: HttpRegistryOptions): Manner {
  const { timeoutMs = 5_000, retries = 2, maxAnswerBytes = 2 * 1024 * 1024, headers = {}, fetch = globalThis.fetch } = options
  atLeast('timeoutMs', timeoutMs, 1)
  atLeast('retries', retries, 0)
  atLeast('maxAnswerBytes', maxAnswerBytes, 1)
  const { base, auth } = address(options.url)
  return { base, credentials: credentials(options.auth ?? auth, headers), fetch, timeoutMs, retries, maxAnswerBytes }
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
