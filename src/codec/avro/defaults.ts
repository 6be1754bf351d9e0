import { leafForm, type Representation, unionForm } from '../../resolution/representation.ts'
import { defaultBranch } from '../../schema/default.ts'
import type { FixedSchema, PrimitiveSchema, Schema } from '../../schema/types.ts'
import { fromBase } from './custom.ts'
import { type Base, toForm } from './leaf-read.ts'
import { setOwn } from './object.ts'

/** The value that a default in a schema stands for, made anew at each call: two messages never share an array. */
export function defaultValue(type: Schema, json: unknown, representation: Representation): unknown {
  const base = baseValue(type, json, representation)
  const custom = representation.custom?.bind(type)
  return custom === undefined ? base : fromBase({ type: custom }, base)
}

function baseValue(type: Schema, json: unknown, representation: Representation): unknown {
  switch (type.kind) {
    case 'enum':
      return json
    case 'array':
      return (json as unknown[]).map((item) => defaultValue(type.items, item, representation))
    case 'map':
    case 'record':
      return objectDefault(type, json as Record<string, unknown>, representation)
    case 'union': {
      const index = defaultBranch(type.branches, json)
      const branch = type.branches[index] as Schema
      const value = defaultValue(branch, json, representation)
      const form = unionForm(type, representation)
      return form.wrapped && branch.kind !== 'null' ? { [form.names[index] as string]: value } : value
    }
    default:
      return toForm(leafForm(type, representation), defaultBase(type, json))
  }
}

function objectDefault(type: Schema & { kind: 'map' | 'record' }, json: Record<string, unknown>, representation: Representation): object {
  const value = {}
  if (type.kind === 'map') {
    for (const [key, item] of Object.entries(json)) setOwn(value, key, defaultValue(type.values, item, representation))
  } else {
    for (const field of type.fields) {
      const given = Object.hasOwn(json, field.name) ? json[field.name] : field.default?.json
      setOwn(value, field.name, defaultValue(field.type, given, representation))
    }
  }
  return value
}

function defaultBase(type: PrimitiveSchema | FixedSchema, json: unknown): Base {
  switch (type.kind) {
    case 'bytes':
    case 'fixed':
      return Buffer.from(json as string, 'latin1')
    case 'float':
      return Math.fround(Number(json))
    case 'double':
      return Number(json)
    default:
      return json as Base
  }
}
