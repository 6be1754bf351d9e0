import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EvolveError, isEvolveError } from '../errors.ts'
import { parseIdl } from '../schema/idl/parse-idl.ts'
import { parseSchema } from '../schema/parse.ts'
import type { Schema } from '../schema/types.ts'
import { readText, unreadable } from './files.ts'
import { parseJsonTree } from './gate/places/json-tree.ts'
import { placeOf } from './gate/places/places.ts'

/**
 * The schema of one file: `.avdl` (its main schema, or its only type; imports are read from beside it), or JSON.
 * @throws EvolveError `invalid-options` when the file cannot be read, `invalid-schema` that names the file.
 */
export async function readSchemaFile(what: string, path: string, cwd: string): Promise<Schema> {
  const text = await readText(what, path, cwd)
  try {
    if (path.endsWith('.avdl')) return idlSchema(text, resolve(cwd, path), what)
    const tree = parseJsonTree(text)
    if ('fault' in tree) {
      const { line, column } = placeOf(path, text, { start: tree.fault.offset, length: 1 })
      throw new EvolveError('invalid-schema', `this is not JSON: ${tree.fault.problem}, at line ${line}, column ${column}`)
    }
    return parseSchema(text)
  } catch (error) {
    if (!isEvolveError(error) || error.code === 'invalid-options') throw error
    throw new EvolveError(error.code, `${path}: ${error.problem}`, error.details, error)
  }
}

function idlSchema(text: string, path: string, what: string): Schema {
  const resolveImport = (_kind: string, name: string, from = path): { text: string; path: string } => {
    const place = resolve(dirname(from), name)
    try {
      return { text: readFileSync(place, 'utf8'), path: place }
    } catch (error) {
      throw unreadable(what, place, error)
    }
  }
  const { main, types } = parseIdl(text, { path, resolveImport })
  const [last] = [...types.values()].slice(-1)
  if (main !== undefined) return main
  if (last === undefined || types.size > 1)
    throw new EvolveError('invalid-schema', `it has ${types.size} types and says of none that it is the schema`, {
      hint: 'add a line `schema Name;`, or give a .avsc file',
    })
  return last
}
