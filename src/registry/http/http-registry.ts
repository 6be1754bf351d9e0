import type { SchemaText } from '../../schema/text.ts'
import { checkedSchema, checkId, checkSubject, checkVersion } from '../checks.ts'
import type { CompatibilityReport } from '../compatibility/check-versions.ts'
import type { RegistryConfig } from '../settings/config.ts'
import type { RegistryMode } from '../settings/mode.ts'
import { defaultContext } from '../state/qualified-subject.ts'
import type {
  CallOptions,
  CheckOptions,
  ConfigOptions,
  ContextId,
  DeletedOptions,
  DeleteOptions,
  IdOptions,
  ImportOptions,
  ManagedRegistry,
  ModeOptions,
  NormalizeOptions,
  RegisteredSchema,
  SchemaUse,
  SettingOptions,
  SubjectOptions,
  SubjectVersion,
  UseOptions,
} from '../types.ts'
import { schemaAnswer, versionAnswer, versionsAnswer } from './answers.ts'
import { checkCompatibility } from './check.ts'
import { Client } from './client.ts'
import { deleting, reading, subjectPath } from './inquiries.ts'
import { contextIdsAnswer, idsAnswer, namesAnswer, numberAnswer, usesAnswer } from './list-answers.ts'
import { askVersion, listedEntries, listedSubjects, listedVersions } from './listing.ts'
import { checkedOptions, type HttpRegistryOptions } from './manner.ts'
import { importVersion, lookUp, register } from './registering.ts'
import { config, mode, setConfig, setMode } from './settings.ts'

/** A registry behind a REST API: what is many requests one by one can be had in one. */
export interface HttpRegistry extends ManagedRegistry {
  /**
   * These versions of a subject, ascending; in one request where they are all that are listed and the server lists schemas, else in one for each.
   * @throws EvolveError `subject-not-found`, `version-not-found`, or a registry failure.
   */
  entries(subject: string, versions: readonly number[], options?: CallOptions): Promise<readonly SubjectVersion[]>
}

/**
 * Client of any server that speaks the REST API of Confluent's Schema Registry. Keeps nothing: put `cachedRegistry` around it.
 * A call takes at most `deadlineMs`. What failed for the moment (no connection, no answer in time, 5xx, 429) is asked of the next address and, after a
 * pause of a random length (up to 100 ms, 200 ms, 400 ms … 2 s, or what `Retry-After` says), of all of them again; a definite answer is not.
 * A delete is asked again only where it surely did not reach the server. Credentials are in no error and no property of what is returned.
 * @throws EvolveError `invalid-options`.
 */
export function httpRegistry(options: HttpRegistryOptions): HttpRegistry {
  return new RestRegistry(new Client(checkedOptions(options)))
}

class RestRegistry implements HttpRegistry {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema> {
    checkId(id)
    const inquiry = reading('schema-by-id', `/schemas/ids/${id}`, { schemaId: id }, { subject: options?.subject })
    return this.#client.ask(options, inquiry, (json) => schemaAnswer(id, json))
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions & NormalizeOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    return this.#client.call(options, (ask) => register(ask, subject, plain, options))
  }

  async versions(subject: string, options?: CallOptions & DeletedOptions): Promise<readonly number[]> {
    checkSubject(subject)
    return this.#client.call(options, (ask) => listedVersions(ask, subject, options))
  }

  async version(subject: string, version: number, options?: CallOptions & Pick<DeletedOptions, 'deleted'>): Promise<SubjectVersion> {
    checkSubject(subject)
    checkVersion(subject, version)
    return this.#client.call(options, (ask) => askVersion(ask, subject, version, options))
  }

  async entries(subject: string, versions: readonly number[], options?: CallOptions): Promise<readonly SubjectVersion[]> {
    checkSubject(subject)
    for (const version of versions) checkVersion(subject, version)
    return this.#client.call(options, (ask) => listedEntries(ask, subject, versions))
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    const inquiry = reading('latest', `${subjectPath(subject)}/versions/latest`, { subject })
    return this.#client.ask(options, inquiry, (json) => versionAnswer(subject, json))
  }

  async lookup(
    subject: string,
    schema: SchemaText,
    options?: CallOptions & NormalizeOptions & Pick<DeletedOptions, 'deleted'>,
  ): Promise<SubjectVersion> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    return this.#client.call(options, (ask) => lookUp(ask, subject, plain, options))
  }

  async subjects(options: CallOptions & SubjectOptions = {}): Promise<readonly string[]> {
    return this.#client.call(options, (ask) => listedSubjects(ask, options))
  }

  async uses(id: number, options?: CallOptions & UseOptions): Promise<readonly SchemaUse[]> {
    checkId(id)
    const query = { subject: options?.subject, deleted: options?.deleted }
    return this.#client.ask(options, reading('uses', `/schemas/ids/${id}/versions`, { schemaId: id }, query), usesAnswer)
  }

  async contexts(options?: CallOptions): Promise<readonly string[]> {
    const names = await this.#client.ask(options, reading('contexts', '/contexts'), namesAnswer)
    // Apicurio writes them as in a subject: ':.:'.
    const plain = names.map((name) => name.replace(/^:(.*):$/, '$1'))
    return Object.freeze([...new Set([defaultContext, ...plain])].sort())
  }

  async referencedBy(subject: string, version: number, options?: CallOptions): Promise<readonly number[]> {
    checkSubject(subject)
    checkVersion(subject, version)
    const inquiry = reading('referenced-by', `${subjectPath(subject)}/versions/${version}/referencedby`, { subject })
    return this.#client.ask(options, inquiry, idsAnswer)
  }

  async idsByGuid(guid: string, options?: CallOptions): Promise<readonly ContextId[]> {
    return this.#client.ask(options, reading('uses', `/schemas/guids/${encodeURIComponent(guid)}/ids`), contextIdsAnswer)
  }

  async config(subject?: string, options?: SettingOptions): Promise<RegistryConfig | undefined> {
    return this.#client.call(options, (ask) => config(ask, subject, options))
  }

  async setConfig(
    subject: string | undefined,
    wanted: RegistryConfig | undefined,
    options?: ConfigOptions,
  ): Promise<RegistryConfig | undefined> {
    return this.#client.call(options, (ask) => setConfig(ask, subject, wanted, options))
  }

  async mode(subject?: string, options?: SettingOptions): Promise<RegistryMode | undefined> {
    return this.#client.call(options, (ask) => mode(ask, subject, options))
  }

  async setMode(subject: string | undefined, wanted: RegistryMode | undefined, options?: ModeOptions): Promise<void> {
    return this.#client.call(options, (ask) => setMode(ask, subject, wanted, options))
  }

  async checkCompatibility(subject: string, schema: SchemaText, options?: CheckOptions): Promise<CompatibilityReport> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    if (typeof options?.version === 'number') checkVersion(subject, options.version)
    return this.#client.call(options, (ask) => checkCompatibility(ask, subject, plain, (text) => this.#client.redact(text), options))
  }

  async importVersion(subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    checkId(options.id)
    if (options.version !== undefined) checkVersion(subject, options.version)
    return this.#client.call(options, (ask) => importVersion(ask, subject, plain, options))
  }

  async deleteVersion(subject: string, version: number, options?: DeleteOptions): Promise<number> {
    checkSubject(subject)
    checkVersion(subject, version)
    const path = `${subjectPath(subject)}/versions/${version}`
    return this.#client.ask(options, deleting('delete', path, { subject }, { permanent: options?.permanent }), numberAnswer)
  }

  async deleteSubject(subject: string, options?: DeleteOptions): Promise<readonly number[]> {
    checkSubject(subject)
    const inquiry = deleting('delete', subjectPath(subject), { subject }, { permanent: options?.permanent })
    return this.#client.ask(options, inquiry, versionsAnswer)
  }

  async close(): Promise<void> {
    this.#client.close()
  }
}
