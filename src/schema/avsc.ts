import type { AvscLogicalType } from './logical-definition.ts'

/** A type of avsc (`avsc.Type.forSchema(…)`), as far as it is looked at. */
export interface AvscType {
  readonly typeName: string
  schema(options?: { readonly exportAttrs?: boolean }): unknown
  toBuffer(value: unknown): unknown
}

/** The parts of avsc's types that hold other types; which of them a type has depends on its kind. */
interface AvscParts extends AvscType {
  readonly default?: unknown
  readonly fields?: readonly { readonly type: AvscParts }[]
  readonly itemsType?: AvscParts
  readonly valuesType?: AvscParts
  readonly types?: readonly AvscParts[]
  readonly underlyingType?: AvscParts
}

/** True for a type of avsc, of whatever copy of that package. */
export function isAvscType(given: unknown): given is AvscType {
  const type = given as Partial<AvscType> | null
  return (
    typeof type === 'object' &&
    type !== null &&
    typeof type.typeName === 'string' &&
    typeof type.schema === 'function' &&
    typeof type.toBuffer === 'function'
  )
}

/** The schema of an avsc type as JSON, with the defaults of enums, which avsc leaves out when it exports one. */
export function avscJson(type: AvscType): object | string {
  const json = type.schema({ exportAttrs: true })
  addEnumDefaults(json, type, new Set())
  return json as object | string
}

/** The classes of the logical types inside an avsc type, by name. */
export function avscLogicalTypes(type: AvscType): Record<string, AvscLogicalType> {
  const logical = allPartsOf(type).filter(({ typeName }) => typeName.startsWith('logical:'))
  return Object.fromEntries(logical.map((part) => [part.typeName.slice('logical:'.length), part.constructor as AvscLogicalType]))
}

/** How an avsc type shows unions: `'wrapped'` where it has some and wraps each (`wrapUnions: 'always'`). */
export function avscUnions(type: AvscType): 'auto' | 'wrapped' {
  const names = new Set(allPartsOf(type).map(({ typeName }) => typeName))
  return names.has('union:wrapped') && !names.has('union:unwrapped') ? 'wrapped' : 'auto'
}

/** The type itself and all types inside, each once. */
function allPartsOf(type: AvscType): readonly AvscParts[] {
  const found = new Set<AvscParts>([type])
  for (const part of found) for (const inner of partsOf(part)) found.add(inner)
  return [...found]
}

function partsOf({ fields = [], itemsType, valuesType, types = [], underlyingType }: AvscParts): readonly AvscParts[] {
  return [...fields.map((field) => field.type), ...types, itemsType, valuesType, underlyingType].filter((part) => part !== undefined)
}

/** A type met again is a name in the JSON, and nothing to add to. */
function addEnumDefaults(json: unknown, type: AvscParts, seen: Set<AvscType>): void {
  if (typeof json !== 'object' || json === null || seen.has(type)) return
  if (type.underlyingType !== undefined) return addEnumDefaults(json, type.underlyingType, seen)
  seen.add(type)
  const parts = json as { default?: unknown; items?: unknown; values?: unknown; fields?: readonly { readonly type: unknown }[] }
  if (type.typeName === 'enum' && type.default !== undefined) parts.default = type.default
  if (type.itemsType !== undefined) addEnumDefaults(parts.items, type.itemsType, seen)
  if (type.valuesType !== undefined) addEnumDefaults(parts.values, type.valuesType, seen)
  for (const [index, inner] of (type.types ?? []).entries()) addEnumDefaults((json as readonly unknown[])[index], inner, seen)
  for (const [index, { type: inner }] of (type.fields ?? []).entries()) addEnumDefaults(parts.fields?.[index]?.type, inner, seen)
}
