import { EvolveError, isEvolveError } from '../../errors.ts'
import { parseExactJson } from '../json.ts'
import { pointerStep } from '../names.ts'
import { keepText } from '../parse.ts'
import { Parser, type ParserOptions } from '../parser.ts'
import type { NamedType } from '../protocol-types.ts'
import type { Schema } from '../types.ts'
import type { TypeUse } from './model.ts'
import { describePlace } from './place.ts'
import { Printer } from './print.ts'
import type { TypeTable } from './type-table.ts'

/** Types of a table as schemas. */
export interface TableSchemas {
  /** All named types by full name, in the order of their definitions. */
  readonly types: ReadonlyMap<string, NamedType>
  /** The types that were asked for, in their order. */
  readonly uses: readonly Schema[]
}

/**
 * Makes schemas of all types of a table, and of uses of them. They share one table of names, and each is given to the parser once
 * and on its own: it takes names before their definition. The text of a named type is its JSON, complete in itself.
 * @throws EvolveError `invalid-schema` with the place of the type and, as `path`, the JSON Pointer below its name.
 */
export function schemasOf(table: TypeTable, uses: readonly TypeUse[], options: ParserOptions = {}): TableSchemas {
  const names = new Map<string, Schema>()
  const parser = new Parser(names, options)
  const printer = new Printer(table, 'apart')
  const made = placing(table, () => {
    for (const definition of table.values()) {
      parser.type(parseExactJson(printer.definition(definition, '')), '', pointerStep(definition.name), 0)
    }
    const schemas = uses.map((use) => parser.type(parseExactJson(printer.type(use, '')), '', '', 0))
    parser.checkDefaults()
    return schemas
  })
  parser.freeze()
  const types = new Map(Array.from(table.values(), ({ name }) => [name, names.get(name) as NamedType] as const))
  keepTexts(types, table)
  return { types, uses: made }
}

/** States the texts of named types of a table, each complete in itself. */
export function keepTexts(types: ReadonlyMap<string, NamedType>, table: TypeTable): void {
  for (const [name, type] of types) {
    const definition = table.get(name)
    if (definition !== undefined) keepText(type, () => new Printer(table).definition(definition, ''))
  }
}

/** Says of an error below the name of a type where the type is defined. */
function placing<T>(table: TypeTable, run: () => T): T {
  try {
    return run()
  } catch (error) {
    const place = isEvolveError(error) ? table.get(firstStep(error.path))?.place : undefined
    if (!isEvolveError(error) || place === undefined) throw error
    throw new EvolveError(error.code, `${error.problem}, ${describePlace(place)}`, error.details, error.cause)
  }
}

function firstStep(path: string = ''): string {
  return (path.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~')
}
