import type { Logger } from 'pino'
import type { SchemaLabel } from '../errors.ts'
import { EvolveError } from '../errors.ts'
import type { Registry, SubjectVersion } from '../registry/types.ts'
import type { SchemaText } from '../schema/text.ts'

/** Where parsed schemas stand in the subjects of a registry. */
export interface SubjectVersions {
  /** The version, when it has been found before. */
  peek(subject: string, schema: object): SubjectVersion | undefined
  /**
   * The version of the subject that holds the schema; with `autoRegister` it is registered when there is none.
   * @throws EvolveError `schema-not-in-subject`, `incompatible-registration`, or a registry failure.
   */
  find(subject: string, schema: object, source: SchemaText): Promise<SubjectVersion>
  /** Registers the schema, or finds it there. @throws EvolveError `incompatible-registration`, `invalid-schema`, or a registry failure. */
  register(subject: string, schema: object, source: SchemaText): Promise<SubjectVersion>
  /** For error messages: asks once, never registers, never fails. */
  describe(subject: string, schema: object, source: SchemaText | undefined): Promise<void>
  /** The schema as an error names it, by what is known without asking. `settled`: asking would add nothing. */
  label(subject: string, schema: object, known: SchemaLabel): { readonly label: SchemaLabel; readonly settled: boolean }
}

/** Positive answers are kept for good (a version of a subject never changes); negative ones are the registry's to remember. */
export function createSubjectVersions(
  registry: Registry,
  { autoRegister, logger }: { readonly autoRegister: boolean; readonly logger: Logger },
): SubjectVersions {
  const found = new WeakMap<object, Map<string, SubjectVersion>>()
  const described = new WeakMap<object, Set<string>>()
  const pending = new WeakMap<object, Map<string, Promise<SubjectVersion>>>()

  const keep = (schema: object, version: SubjectVersion, subject: string): SubjectVersion => {
    tableOf(found, schema).set(subject, version)
    return version
  }
  const lookupOrRegister = async (subject: string, schema: object, source: SchemaText): Promise<SubjectVersion> => {
    try {
      return keep(schema, await registry.lookup(subject, source), subject)
    } catch (error) {
      if (!isAbsent(error)) throw error
      if (autoRegister) {
        const version = keep(schema, await registry.register(subject, source), subject)
        logger.info({ subject, version: version.version, schemaId: version.id }, 'schema registered')
        return version
      }
      throw new EvolveError(
        'schema-not-in-subject',
        `the schema to write with is not registered under subject ${subject}`,
        { subject },
        error,
      )
    }
  }

  return {
    peek: (subject, schema) => found.get(schema)?.get(subject),
    find: (subject, schema, source) => {
      const known = found.get(schema)?.get(subject)
      if (known !== undefined) return Promise.resolve(known)
      const flights = tableOf(pending, schema)
      const flight = flights.get(subject) ?? lookupOrRegister(subject, schema, source).finally(() => flights.delete(subject))
      flights.set(subject, flight)
      return flight
    },
    register: async (subject, schema, source) => keep(schema, await registry.register(subject, source), subject),
    describe: async (subject, schema, source) => {
      const asked = described.get(schema) ?? new Set<string>()
      described.set(schema, asked)
      if (source === undefined || asked.has(subject) || found.get(schema)?.has(subject) === true) return void asked.add(subject)
      // A failure here must not hide the error that is being described.
      await registry
        .lookup(subject, source)
        .then((version) => keep(schema, version, subject))
        .catch(() => undefined)
      asked.add(subject)
    },
    label: (subject, schema, known) => {
      const version = found.get(schema)?.get(subject)
      const settled = version !== undefined || described.get(schema)?.has(subject) === true
      return { label: version === undefined ? known : { ...known, id: version.id, subject, version: version.version }, settled }
    },
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof EvolveError && (error.code === 'subject-not-found' || error.code === 'schema-not-in-subject')
}

function tableOf<V>(tables: WeakMap<object, Map<string, V>>, schema: object): Map<string, V> {
  const table = tables.get(schema) ?? new Map<string, V>()
  tables.set(schema, table)
  return table
}
