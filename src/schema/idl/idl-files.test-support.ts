import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ResolveImport } from './import.ts'

const folder = fileURLToPath(new URL('./cases/', import.meta.url))

/** Names of IDL files for which there is the JSON that Java's `avro-idl` 1.12.1 makes of them. */
export const caseNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.avdl'))
  .map((file) => file.slice(0, -'.avdl'.length))

/** The text of a file of the cases. */
export function caseText(file: string): string {
  return readFileSync(folder + file, 'utf8')
}

/** Imports relative to the file that imports, below the folder of the cases. */
export const resolveCase: ResolveImport = (_kind, name, from) => {
  const path = posix.join(posix.dirname(from ?? '.'), name)
  return { text: caseText(path), path }
}

/** Imports out of a table of texts by name. */
export function resolveFrom(texts: Readonly<Record<string, string>>): ResolveImport {
  return (_kind, name) => {
    const text = texts[name]
    if (text === undefined) throw new Error(`no file ${name}`)
    return { text, path: name }
  }
}
