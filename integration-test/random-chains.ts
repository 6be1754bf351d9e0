/** An Avro schema as JSON. */
export type Json =
  | string
  | readonly Json[]
  | Named
  | { readonly type: 'array'; readonly items: Json }
  | { readonly type: 'map'; readonly values: Json }

interface Field {
  readonly name: string
  readonly type: Json
  readonly default?: unknown
}

type Named =
  | { readonly type: 'record'; readonly name: string; readonly fields: readonly Field[] }
  | { readonly type: 'enum'; readonly name: string; readonly symbols: readonly string[]; readonly default?: string }

const defaults: ReadonlyMap<Json, unknown> = new Map<Json, unknown>([
  ['boolean', true],
  ['int', 1],
  ['long', 2],
  ['float', 1.5],
  ['double', 2.5],
  ['string', 'x'],
  ['bytes', 'b'],
])
const primitives = ['null', ...defaults.keys()] as readonly string[]
const symbols = ['A', 'B', 'C', 'D']

/** Schemas of one record as teams change it: each with some changes to the one before. The same seed gives the same chain. */
export function randomChain(seed: number, length: number): readonly Json[] {
  let state = seed
  let names = 0
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  /** True once in so many times. */
  const once = (inTimes: number): boolean => below(inTimes) === 0
  const pick = (from: readonly string[]): string => from[below(from.length)] ?? 'int'
  const newName = (): string => {
    names += 1
    return `N${names}`
  }
  const some = <T>(from: readonly T[], keptOf: number): readonly T[] => from.filter(() => !once(keptOf))
  const field = (name: string, type: Json): Field =>
    defaults.has(type) && once(2) ? { name, type, default: defaults.get(type) } : { name, type }

  const make = (depth: number): Json => {
    const kind = below(depth > 2 ? 6 : 11)
    if (kind < 5) return pick(primitives.slice(1))
    if (kind === 5) {
      const kept = some(symbols, 3)
      const [first = 'A'] = kept
      return { type: 'enum', name: newName(), symbols: kept.length === 0 ? [first] : kept, ...(once(3) ? { default: first } : {}) }
    }
    if (kind === 6) return { type: 'array', items: make(depth + 1) }
    if (kind === 7) return { type: 'map', values: make(depth + 1) }
    if (kind === 8) return ['null', ...some(primitives.slice(1), 2)]
    return { type: 'record', name: newName(), fields: some(['a', 'b', 'c', 'd'], 3).map((name) => field(name, make(depth + 1))) }
  }

  const change = (schema: Json): Json => {
    if (typeof schema === 'string') return once(5) ? pick(primitives.slice(1)) : once(8) && schema !== 'null' ? ['null', schema] : schema
    if ('items' in schema) return { ...schema, items: change(schema.items) }
    if ('values' in schema && 'type' in schema) return { ...schema, values: change(schema.values) }
    if ('symbols' in schema) return changeEnum(schema)
    if ('fields' in schema) return changeRecord(schema)
    const added = pick(primitives)
    const kept = some(schema, 6)
    return once(4) && !kept.includes(added) ? [...kept, added] : kept.length === 0 ? schema : kept
  }
  const changeEnum = ({ name, symbols: old, default: fallback }: Extract<Named, { type: 'enum' }>): Json => {
    const kept = symbols.filter((symbol) => old.includes(symbol) !== once(6))
    const has = fallback !== undefined && kept.includes(fallback) && !once(5)
    return { type: 'enum', name, symbols: kept.length === 0 ? old : kept, ...(has ? { default: fallback } : {}) }
  }
  const changeRecord = ({ name, fields }: Extract<Named, { type: 'record' }>): Json => {
    const kept = some(fields, 8).map((old) => {
      const type = change(old.type)
      return type === old.type && !once(5) ? old : field(old.name, type)
    })
    return {
      type: 'record',
      name: once(25) && name !== 'R' ? newName() : name,
      fields: once(3) ? [...kept, field(newName(), 'int')] : kept,
    }
  }

  const chain: Json[] = [{ type: 'record', name: 'R', fields: ['a', 'b', 'c'].map((name) => field(name, make(0))) }]
  for (let last = chain[0]; last !== undefined && chain.length < length; last = chain.at(-1)) chain.push(change(last))
  return chain
}
