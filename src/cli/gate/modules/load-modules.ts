import { resolve } from 'node:path'
import { EvolveError, isEvolveError } from '../../../errors.ts'
import { parseFault } from '../load/fault.ts'
import type { Finding, GateSchema, SourceText } from '../model.ts'
import { modulePlaces } from '../places/module-places.ts'
import { type ExportedSchema, exportedSchemas } from './exported-schemas.ts'
import { asGuest } from './guest.ts'
import { type ImportModule, importJavaScript, typeScriptImporter } from './import-module.ts'

/** What modules state. */
export interface LoadedModules {
  readonly schemas: readonly GateSchema[]
  readonly faults: readonly Finding[]
}

/**
 * Runs modules and takes the schemas that they export.
 * @param folder where the files are, if that is not where the program runs.
 * @throws EvolveError `missing-prerequisite` where TypeScript cannot be run.
 */
export async function loadModules(folder: string, sources: readonly SourceText[]): Promise<LoadedModules> {
  const isTypeScript = ({ file }: SourceText): boolean => /\.[mc]?ts$/.test(file)
  const typeScript = sources.some(isTypeScript) ? await typeScriptImporter(folder) : importJavaScript
  const schemas: GateSchema[] = []
  const faults: Finding[] = []
  for (const source of sources) {
    try {
      schemas.push(...(await loadModule(folder, source, isTypeScript(source) ? typeScript : importJavaScript)))
    } catch (error) {
      if (!isEvolveError(error)) throw error
      faults.push(parseFault(source, error))
    }
  }
  return { schemas, faults }
}

async function loadModule(folder: string, source: SourceText, load: ImportModule): Promise<GateSchema[]> {
  const { file, text } = source
  const own = { ...source, places: modulePlaces(text) }
  const found = exported(await run(resolve(folder, file), text, load), file)
  return found.map(({ name, schema, text: json }) => ({
    file,
    key: found.length === 1 ? file : `${file}#${name}`,
    part: found.length === 1 ? undefined : name,
    schema,
    text: json,
    sources: [own],
  }))
}

async function run(path: string, text: string, load: ImportModule): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await asGuest(() => load(path))
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').trim() : String(cause)
    throw new EvolveError('invalid-schema', `the module fails when it is run: ${reason}${whereIn(path, text, cause)}`, {}, cause)
  }
}

/** Where in its own text a module failed, in the words of the parsers: the first place of its file in the message or the stack. */
function whereIn(path: string, text: string, cause: unknown): string {
  const said = cause instanceof Error ? `${cause.message}\n${cause.stack}` : ''
  const from = said.indexOf(`${path}:`)
  const [, line, column] = /^(\d+)(?::(\d+))?/.exec(from < 0 ? '' : said.slice(from + path.length + 1)) ?? []
  const found = line === undefined ? undefined : text.split('\n')[Number(line) - 1]
  // Of what was compiled the column may be one of the compiled text.
  return found === undefined ? '' : `, at line ${line}, column ${Number(column) <= found.length ? column : 1}`
}

function exported(exports: Readonly<Record<string, unknown>>, file: string): ExportedSchema[] {
  const found = exportedSchemas(exports)
  if (found.length > 0) return found
  throw new EvolveError('invalid-schema', `${file} exports no schema`, {
    hint: "export definitions (avro(…)), parsed schemas or schema objects; a type without parts, such as a string, as avro('string')",
  })
}
