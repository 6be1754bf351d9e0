import { EvolveError } from '../../errors.ts'
import { schemaLimits } from '../limits.ts'
import { remember } from '../remember.ts'
import type { Definition, FieldDefinition, Reference, TypeUse } from './model.ts'
import { describePlace, failAt } from './place.ts'
import { JsonText } from './print-json.ts'
import { printProperties } from './print-properties.ts'

/** The named types of all texts that were read, in the order of their definitions. */
export class TypeTable {
  readonly #definitions = new Map<string, Definition>()
  readonly #shapes = new Map<Definition, string>()
  /** One for all comparisons, so that they are bounded together. */
  readonly #json = new JsonText()

  /**
   * Adds a definition. One that says the same as an earlier one of that name (but for documentation and aliases) is
   * dropped, as Java does.
   * @throws EvolveError `invalid-schema` that names both places; `limit-exceeded`.
   */
  put(definition: Definition): void {
    const known = this.#definitions.get(definition.name)
    if (known !== undefined) {
      if (remember(this.#shapes, known, () => shapeOf(known, this.#json)) === shapeOf(definition, this.#json)) return
      const places = `${describePlace(known.place)} and ${describePlace(definition.place)}`
      throw new EvolveError('invalid-schema', `${definition.name} is defined twice and differently, ${places}`)
    }
    if (this.#definitions.size >= schemaLimits.names) {
      throw new EvolveError('limit-exceeded', `more than ${schemaLimits.names} named types`)
    }
    this.#definitions.set(definition.name, definition)
  }

  /** What a reference means. @throws EvolveError `invalid-schema` where nothing of that name is defined. */
  resolve(reference: Reference): Definition {
    for (const name of reference.names) {
      const found = this.#definitions.get(name)
      if (found !== undefined) return found
    }
    return failAt(reference.place, `the type ${reference.names[0]} is not defined`)
  }

  get(name: string): Definition | undefined {
    return this.#definitions.get(name)
  }

  values(): IterableIterator<Definition> {
    return this.#definitions.values()
  }
}

/** All that two definitions of one name must agree in. */
function shapeOf(definition: Definition, json: JsonText): string {
  const own = printProperties(json, definition.properties)
  switch (definition.kind) {
    case 'fixed':
      return json.object([['fixed', json.value(definition.size)], ...own])
    case 'enum':
      return json.object([['enum', json.value(definition.symbols)], ...own])
    default:
      return json.object([[definition.kind, json.list(definition.fields.map((field) => fieldShape(json, field)))], ...own])
  }
}

function fieldShape(json: JsonText, field: FieldDefinition): string {
  return json.object([
    ['name', json.string(field.name)],
    ['type', typeShape(json, field.type)],
    ['default', field.default === undefined ? undefined : json.value(field.default)],
    ['order', json.string(field.order ?? 'ascending')],
    ...printProperties(json, field.properties),
  ])
}

function typeShape(json: JsonText, type: TypeUse): string {
  switch (type.kind) {
    case 'reference':
      return json.string(type.names[0] as string)
    case 'primitive':
      return json.object([['type', json.string(type.name)], ...printProperties(json, type.properties)])
    case 'array':
      return json.object([['items', typeShape(json, type.items)], ...printProperties(json, type.properties)])
    case 'map':
      return json.object([['values', typeShape(json, type.values)], ...printProperties(json, type.properties)])
    case 'union':
      return json.list(type.branches.map((branch) => typeShape(json, branch)))
  }
}
