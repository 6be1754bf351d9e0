import { EvolveError } from '../errors.ts'
import type { AvscLogicalType, LogicalTypeDefinition, LogicalTypes } from '../schema/logical-definition.ts'
import type { LogicalAnnotation, Schema } from '../schema/types.ts'

/** A logical type on one schema. */
export interface BoundLogicalType {
  readonly name: string
  readonly lossless: boolean
  fromBase(base: unknown): unknown
  toBase(value: unknown): unknown
  is(value: unknown): boolean
}

/** The application's logical types, ready to be looked up. */
export interface CustomLogicalTypes {
  /** The same for the same definitions under the same names. */
  readonly key: string
  /** The type that stands on a schema; `undefined` where none of these does. */
  bind(schema: Schema): BoundLogicalType | undefined
  /** Whether the standard meaning of the schema's logical type gives way to one of these. */
  replaces(schema: Schema): boolean
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0

/** @throws EvolveError `invalid-options` where one is neither a definition nor a class of avsc's. */
export function customLogicalTypes(given: LogicalTypes): CustomLogicalTypes {
  const types = new Map(Object.entries(given))
  for (const [name, type] of types) check(name, type)
  const bound = new WeakMap<Schema, { readonly type: BoundLogicalType | undefined }>()
  return {
    key: [...types].map(([name, type]) => `${JSON.stringify(name)}:${type === 'none' ? type : identityOf(type)}`).join(),
    replaces: (schema) => schema.kind !== 'union' && schema.annotation !== undefined && types.has(schema.annotation.logicalType),
    bind: (schema) => {
      if (schema.kind === 'union' || schema.annotation === undefined) return undefined
      const known = bound.get(schema)
      if (known !== undefined) return known.type
      const definition = types.get(schema.annotation.logicalType)
      const type = definition === undefined || definition === 'none' ? undefined : bindTo(schema.annotation, definition)
      bound.set(schema, { type })
      return type
    },
  }
}

function identityOf(definition: object): number {
  const known = identities.get(definition)
  if (known !== undefined) return known
  identities.set(definition, ++lastIdentity)
  return lastIdentity
}

function check(name: string, type: unknown): void {
  if (type === 'none' || isAvsc(type)) return
  const definition = type as Partial<LogicalTypeDefinition> | null | undefined
  if (typeof definition?.fromBase === 'function' && typeof definition.toBase === 'function') return
  throw new EvolveError(
    'invalid-options',
    `the logical type ${name} has no functions fromBase and toBase, nor is it a logical type of avsc`,
  )
}

/** What a logical type of avsc does, under the names that avsc gives it. */
interface AvscInstance {
  _fromValue(base: unknown): unknown
  _toValue(value: unknown): unknown
  isValid(value: unknown): boolean
}

function isAvsc(type: unknown): type is AvscLogicalType {
  const prototype: unknown = typeof type === 'function' ? type.prototype : undefined
  return typeof (prototype as Partial<AvscInstance> | undefined)?._fromValue === 'function'
}

function bindTo(annotation: LogicalAnnotation, definition: LogicalTypeDefinition | AvscLogicalType): BoundLogicalType | undefined {
  const name = annotation.logicalType
  if (isAvsc(definition)) {
    const instance = instantiate(definition, annotation)
    return {
      name,
      lossless: false,
      fromBase: (base) => instance._fromValue(base),
      toBase: (value) => instance._toValue(value),
      is: (value) => instance.isValid(value),
    }
  }
  if (definition.accepts?.(annotation) === false) return undefined
  const toBase = (value: unknown): unknown => definition.toBase(value, annotation)
  return {
    name,
    lossless: definition.lossless === true,
    fromBase: (base) => definition.fromBase(base as never, annotation),
    toBase,
    is: (value) => definition.is?.(value) ?? isTaken(toBase, value),
  }
}

function isTaken(toBase: (value: unknown) => unknown, value: unknown): boolean {
  try {
    return toBase(value) !== undefined
  } catch {
    return false
  }
}

function instantiate(type: AvscLogicalType, annotation: LogicalAnnotation): AvscInstance {
  try {
    return new type({ ...annotation }, {}) as AvscInstance
  } catch (cause) {
    throw new EvolveError('invalid-options', `avsc's logical type ${annotation.logicalType} does not take this schema`, {}, cause)
  }
}
