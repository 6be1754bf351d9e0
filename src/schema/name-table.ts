import { EvolveError } from '../errors.ts'
import { fail } from './fail.ts'
import { schemaLimits } from './limits.ts'
import { fullName } from './names.ts'
import { type Attributes, sameDefinition } from './same-definition.ts'
import type { EnumSchema, FixedSchema, RecordSchema, Schema } from './types.ts'

/** A type with a name. */
export type Definition = RecordSchema | EnumSchema | FixedSchema

/**
 * The named types of a text ("Names"). As in Java a name may be used before it is defined, and defined twice where both say the same;
 * a name that is not found in the namespace around it is looked up without one.
 */
export class NameTable {
  readonly #names: Map<string, Schema>
  /** Names that were used and are not defined yet: the object that the definition will be. */
  readonly #awaited = new Map<string, { readonly schema: Schema; readonly path: string }>()
  readonly #open = new Set<string>()
  readonly #sources = new Map<object, Attributes>()

  constructor(names: Map<string, Schema>) {
    this.#names = names
  }

  /** The type that a name means. Where it is not defined yet, an object with nothing but the name, which its definition will fill. */
  find(name: string, namespace: string, path: string): Schema {
    const full = fullName(name, namespace)
    const known = this.#names.get(full) ?? this.#names.get(name) ?? this.#awaited.get(full)?.schema
    if (known !== undefined) return known
    const schema = { kind: undefined, name: full } as unknown as Schema
    this.#awaited.set(full, { schema, path })
    return schema
  }

  /** Keeps the attributes of a type or field, for comparing definitions. */
  source(owner: object, attributes: Attributes): void {
    this.#sources.set(owner, attributes)
  }

  /** Before the parts of a definition are read. */
  open(name: string, path: string): void {
    if (this.#open.has(name)) return fail(`${path}/name`, `the name ${name} is defined inside its own definition`)
    if (this.#names.size + this.#open.size >= schemaLimits.names)
      throw new EvolveError('limit-exceeded', `more than ${schemaLimits.names} named types`, { path })
    this.#open.add(name)
  }

  /** A definition that is complete; gives the object that stands for it everywhere. */
  define<T extends Definition>(made: T, attributes: Attributes, path: string): T {
    this.#open.delete(made.name)
    const awaited = this.#awaited.get(made.name)?.schema as T | undefined
    const schema = awaited === undefined ? made : Object.assign(awaited, made)
    this.#awaited.delete(made.name)
    this.#sources.set(schema, attributes)
    const known = this.#names.get(made.name)
    if (known === undefined) this.#names.set(made.name, schema)
    else if (!sameDefinition(known, schema, this.#sources))
      return fail(`${path}/name`, `the name ${made.name} is defined twice, and differently`)
    return schema
  }

  /** When a text is read. @throws EvolveError `invalid-schema` for a name that is not defined, at its first use. */
  checkDefined(): void {
    for (const [name, { path }] of this.#awaited) fail(path, `the name ${name} is not defined`)
  }
}
