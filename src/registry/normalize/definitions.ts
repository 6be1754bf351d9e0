import { fullName, namespaceOf } from '../../schema/names.ts'

/** The attributes of a type or a field. */
export type Attributes = Readonly<Record<string, unknown>>

/** Whether this is an object of attributes, and no union. */
export function isAttributes(json: unknown): json is Attributes {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** The definitions of a schema by their full names, in the order in which they stand in it. The schema must have been parsed: its depth is bounded by that. */
export function definitionsIn(json: unknown): ReadonlyMap<string, Attributes> {
  const found = new Map<string, Attributes>()
  collect(json, '', found)
  return found
}

function collect(json: unknown, namespace: string, found: Map<string, Attributes>): void {
  if (Array.isArray(json)) for (const branch of json) collect(branch, namespace, found)
  if (!isAttributes(json)) return
  const { type, name, namespace: own, fields, items, values } = json
  switch (type) {
    case 'array':
      return collect(items, namespace, found)
    case 'map':
      return collect(values, namespace, found)
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed': {
      const full = fullName(String(name), typeof own === 'string' ? own : namespace)
      if (!found.has(full)) found.set(full, json)
      for (const field of Array.isArray(fields) ? fields.filter(isAttributes) : []) collect(field.type, namespaceOf(full), found)
      return
    }
    default:
      collect(type, namespace, found)
  }
}
