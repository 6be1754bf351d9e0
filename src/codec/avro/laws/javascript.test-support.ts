import { isUtf8 } from 'node:buffer'
import { labelOf, type Node, setOwn, type UnionNode } from './model.test-support.ts'
import { type RawRef, type Ref, sameRef, type UnionRef } from './reference.test-support.ts'
import { numberOf, Unreadable } from './resolution.test-support.ts'

/** The choices of representation that the laws vary. */
export interface Look {
  readonly long: 'number' | 'bigint' | 'auto'
  readonly unions: 'auto' | 'wrapped'
}

const looks: Readonly<Partial<Record<Node['kind'], string>>> = {
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  enum: 'string',
  fixed: 'bytes',
  record: 'object',
  map: 'object',
}

/** Whether values of a union stand in `{ branch: value }` (DESIGN.md, "JavaScript values of Avro types"). */
export function isWrapped(union: UnionNode, look: Look): boolean {
  const shapes = union.branches.map(({ kind }) => looks[kind] ?? kind)
  return look.unions === 'wrapped' || new Set(shapes).size < shapes.length
}

/** Which reader's fields may be left out of a record (never where not given). */
export type Omit = () => boolean

/** What becomes of a leaf (an `int`, a `string`, …), for logical types of the application's own. */
export type OfLeaf = (value: unknown, kind: Node['kind']) => unknown
const asItIs: OfLeaf = (value) => value

/** The JavaScript value that stands for a reader's value. Throws {@link Unreadable} for a long that the look cannot show. */
export function toJs(ref: Ref, node: Node, look: Look, omit: Omit = () => false, ofLeaf: OfLeaf = asItIs): unknown {
  if (node.kind === 'union') {
    const { branch, value } = ref as UnionRef
    const chosen = node.branches[branch] as Node
    const inner = toJs(value, chosen, look, omit, ofLeaf)
    if (chosen.kind === 'null' || !isWrapped(node, look)) return inner
    const wrapper = {}
    setOwn(wrapper, labelOf(chosen), inner)
    return wrapper
  }
  if (ref.t === 'record' && node.kind === 'record') {
    const object = {}
    for (const [index, field] of node.fields.entries()) {
      const value = ref.fields[index] as Ref
      if (field.default !== undefined && omit() && isDefault(value, field.type, field.default.json)) continue
      setOwn(object, field.name, toJs(value, field.type, look, omit, ofLeaf))
    }
    return object
  }
  if (ref.t === 'array' && node.kind === 'array') return ref.items.map((item) => toJs(item, node.items, look, omit, ofLeaf))
  if (ref.t === 'map' && node.kind === 'map') {
    const object = {}
    for (const [key, value] of ref.entries) setOwn(object, textOf(key), toJs(value, node.values, look, omit, ofLeaf))
    return object
  }
  return ofLeaf(leafJs(ref, look), node.kind)
}

function leafJs(ref: Ref, look: Look): unknown {
  if (ref.t === 'enum') return ref.symbol
  if (ref.t === 'boolean') return ref.value
  if (ref.t === 'null') return null
  if (ref.t === 'int' || ref.t === 'long') return ref.t === 'int' ? Number(ref.value) : longOf(ref.value, look)
  const { raw, t } = ref as RawRef
  if (t === 'string') return textOf(raw)
  return t === 'bytes' || t === 'fixed' ? Buffer.from(raw) : numberOf(ref)
}

function textOf(raw: Buffer): string {
  if (!isUtf8(raw)) throw new Unreadable('malformed-data', 'not UTF-8')
  return raw.toString('utf8')
}

function longOf(value: bigint, look: Look): number | bigint {
  const isSafe = Number.isSafeInteger(Number(value))
  if (look.long === 'bigint' || (look.long === 'auto' && !isSafe)) return value
  if (!isSafe) throw new Unreadable('unsafe-long', `${value}`)
  return Number(value)
}

function isDefault(value: Ref, type: Node, json: unknown): boolean {
  // Only the simplest defaults are left out: that is enough to see whether absent fields are filled.
  if (type.kind === 'string') return sameRef(value, { t: 'string', raw: Buffer.from(json as string) })
  return (type.kind === 'int' || type.kind === 'long') && (value as { value: unknown }).value === BigInt(json as number)
}

/** Whether two JavaScript values show the same: exact numbers, same own keys, plain prototypes; symbols do not count. */
export function sameJs(left: unknown, right: unknown, sameLeaf: (left: unknown, right: unknown) => boolean = Object.is): boolean {
  if (Buffer.isBuffer(left) || Buffer.isBuffer(right)) return Buffer.isBuffer(left) && Buffer.isBuffer(right) && left.equals(right)
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return sameLeaf(left, right)
  if (left instanceof Date || right instanceof Date)
    return left instanceof Date && right instanceof Date && left.getTime() === right.getTime()
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameJs(item, right[index], sameLeaf))
    )
  }
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && sameJs(ownValue(left, key), ownValue(right, key), sameLeaf))
}

/** An own property's value, also of a property named `__proto__`. */
export function ownValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value
}

/** What a union's value stands for, without its wrapper. */
export function unwrapJs(value: unknown, union: UnionNode, branch: number, look: Look): unknown {
  const chosen = union.branches[branch] as Node
  return chosen.kind === 'null' || !isWrapped(union, look) ? value : ownValue(value as object, labelOf(chosen))
}
