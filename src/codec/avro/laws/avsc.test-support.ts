import type { SchemaPair } from './evolution.test-support.ts'
import { setOwn, type Node } from './model.test-support.ts'
import { ownValue } from './javascript.test-support.ts'

/**
 * What keeps avsc 5.7.9 from being an oracle for a pair: `union`: between unions it takes the first branch that promotes
 * instead of the same type (harmless where a union is only a nullable type); `proto`: a field `__proto__` is lost; `symbol`: a symbol with the
 * name of a member of `Object.prototype` is taken for a duplicate. Map keys `__proto__` are lost too: see {@link hasProtoKey}.
 */
export type AvscFault = 'union' | 'proto' | 'symbol'

/** Why avsc is no oracle for the pair, or `undefined`. */
export function avscFaultIn({ writer, reader }: SchemaPair): AvscFault | undefined {
  return faultIn(writer, new Set()) ?? faultIn(reader, new Set())
}

function faultIn(node: Node, seen: Set<Node>): AvscFault | undefined {
  if (seen.has(node)) return undefined
  seen.add(node)
  switch (node.kind) {
    case 'array':
      return faultIn(node.items, seen)
    case 'map':
      return faultIn(node.values, seen)
    case 'union':
      if (node.branches.length > 2 || !node.branches.some(({ kind }) => kind === 'null')) return 'union'
      return node.branches.map((branch) => faultIn(branch, seen)).find((fault) => fault !== undefined)
    case 'enum':
      return node.symbols.some((symbol) => symbol in Object.prototype) ? 'symbol' : undefined
    case 'record': {
      if (node.fields.some(({ name }) => name === '__proto__')) return 'proto'
      for (const field of node.fields) {
        const fault = faultIn(field.type, seen)
        if (fault !== undefined) return fault
      }
      return undefined
    }
    default:
      return undefined
  }
}

/** Whether a map in the value has the key that avsc loses. */
export function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProtoKey)
}

/** avsc's value with its classes taken off. */
export function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  const object = {}
  for (const key of Object.keys(value)) setOwn(object, key, plain(ownValue(value, key)))
  return object
}
