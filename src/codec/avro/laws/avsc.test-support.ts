import type { SchemaPair } from './evolution.test-support.ts'
import { ownValue } from './javascript.test-support.ts'
import { type Node, setOwn } from './model.test-support.ts'

/**
 * What keeps avsc 5.7.9 from being an oracle for a pair: `union`: between unions it takes the first branch that promotes
 * instead of the same type (harmless where a union is only a nullable type); `proto`: a field with the name of a
 * member of `Object.prototype` is lost (`__proto__`) or not skipped; `symbol`: a symbol with such a name is taken for a duplicate. Map keys `__proto__` are lost too: see {@link avscMisreads}.
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
      if (node.fields.some(({ name }) => name in Object.prototype)) return 'proto'
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

/** Whether a value has what avsc loses, a map key `__proto__`, or misreads, a safe integer at the very edge. */
export function avscMisreads(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) === Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(avscMisreads)
}

/** Whether avsc's leaf is ours; it reads an int or a long as a `float` without rounding it to one. */
export function sameAvscLeaf(theirs: unknown, ours: unknown): boolean {
  return Object.is(theirs, ours) || (typeof theirs === 'number' && Object.is(Math.fround(theirs), ours))
}

/** avsc's value with its classes taken off. */
export function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  const object = {}
  for (const key of Object.keys(value)) setOwn(object, key, plain(ownValue(value, key)))
  return object
}
