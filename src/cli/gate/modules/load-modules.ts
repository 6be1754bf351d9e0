import { resolve } from 'node:path'
import { EvolveError, isEvolveError } from '../../../errors.ts'
import { textFault } from '../load/fault.ts'
import type { Finding, GateSchema, SourceText } from '../model.ts'
import { modulePlaces } from '../places/module-places.ts'
import { type ExportedSchema, exportedSchemas } from './exported-schemas.ts'
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
      faults.push(textFault(source, { start: 0, length: 1 }, error.problem, error.details.hint))
    }
  }
  return { schemas, faults }
}

async function loadModule(folder: string, source: SourceText, load: ImportModule): Promise<GateSchema[]> {
  const { file, text } = source
  const own = { ...source, places: modulePlaces(text) }
  const found = exported(await run(resolve(folder, file), load), file)
  return found.map(({ name, schema, text: json }) => ({
    file,
    key: found.length === 1 ? file : `${file}#${name}`,
    part: found.length === 1 ? undefined : name,
    schema,
    text: json,
    sources: [own],
  }))
}

async function run(path: string, load: ImportModule): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await load(path)
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new EvolveError('invalid-schema', `the module fails when it is run: ${reason}`, {}, cause)
  }
}

function exported(exports: Readonly<Record<string, unknown>>, file: string): ExportedSchema[] {
  const found = exportedSchemas(exports)
  if (found.length > 0) return found
  throw new EvolveError('invalid-schema', `${file} exports no schema`, {
    hint: 'export definitions (avro(…)), parsed schemas or schema objects',
  })
}
