import { inspect } from 'node:util'
import type { Ref } from './reference.test-support.ts'
import { numberOf } from './resolution.test-support.ts'

/** A JavaScript value on one line. */
export function showJs(value: unknown): string {
  return inspect(value, { depth: 12, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 40, maxArrayLength: 30 })
}

/** A reference's value on one line. */
export function showRef(ref: Ref): string {
  switch (ref.t) {
    case 'record':
      return `${ref.node.name}${ref.from === undefined ? '' : '*'}{${ref.fields.map((field, index) => `${ref.node.fields[index]?.name}: ${showRef(field)}`).join(', ')}}`
    case 'array':
      return `[${ref.items.map(showRef).join(', ')}]`
    case 'map':
      return `map{${ref.entries.map(([key, value]) => `${key.toString('latin1')}: ${showRef(value)}`).join(', ')}}`
    case 'union':
      return `#${ref.branch} ${showRef(ref.value)}`
    case 'any':
      return `whatever reads as ${showRef(ref.view)}`
    case 'null':
      return 'null'
    case 'enum':
      return ref.symbol
    case 'boolean':
      return String(ref.value)
    case 'int':
    case 'long':
      return `${ref.t === 'long' ? 'L' : ''}${ref.value}`
    case 'float':
    case 'double':
      return `${ref.t} ${Object.is(numberOf(ref), -0) ? '-0' : numberOf(ref)}`
    default:
      return `${ref.t} ${ref.raw.length > 20 ? `${ref.raw.length} bytes` : ref.raw.toString('hex')}`
  }
}
