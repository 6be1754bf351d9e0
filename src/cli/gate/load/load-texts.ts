import type { Finding, GateSchema, Loaded, SourceText } from '../model.ts'
import { JsonFiles } from './json-files.ts'
import { type FetchTexts, loadIdl } from './load-idl.ts'

/**
 * Reads schema texts: JSON (`.avsc`, `.avpr`), whose types may stand in each other's files, and IDL (`.avdl`), whose imports are fetched. A text that
 * states no schema is a fault with its place, and stops no other.
 */
export async function loadTexts(texts: readonly SourceText[], fetch: FetchTexts): Promise<Loaded> {
  const isIdl = ({ file }: SourceText): boolean => file.endsWith('.avdl')
  const json = new JsonFiles(texts.filter((text) => !isIdl(text)))
  const schemas: GateSchema[] = []
  const faults: Finding[] = []
  const shared = new Set<string>()
  for (const text of texts) {
    const loaded = isIdl(text) ? await loadIdl(text, fetch) : json.load(text.file)
    schemas.push(...loaded.schemas)
    faults.push(...loaded.faults)
    for (const file of loaded.shared) shared.add(file)
  }
  return { schemas, faults, shared }
}
