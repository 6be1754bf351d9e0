import { EvolveError } from '../../errors.ts'
import type { Schema } from '../../schema/types.ts'
import type { Tap } from '../../wire/tap.ts'
import { type DatumLimits, datumLimits } from './limits.ts'
import { minSize } from './min-size.ts'

/** The state of one walk over a datum: what it has used of the limits. */
export class SkipRun {
  readonly tap: Tap
  readonly limits: DatumLimits
  depth = 0
  values = 0
  emptyItems = 0
  memory = 0
  /** Off where a part of a message is read again: what a block says of its size was then held against the whole message. */
  checksSizes = true

  constructor(tap: Tap, limits: DatumLimits = datumLimits) {
    this.tap = tap
    this.limits = limits
  }

  enter(): void {
    if (++this.depth > this.limits.depth) throw new EvolveError('limit-exceeded', `values are nested more than ${this.limits.depth} deep`)
  }

  leave(): void {
    this.depth--
  }

  /** Counts values that are about to be read or stepped over. */
  count(values: number): void {
    this.values += values
    if (this.values > this.limits.values) throw new EvolveError('limit-exceeded', `more than ${this.limits.values} values in one datum`)
  }

  /** Counts memory that is about to be taken. */
  use(memory: number): void {
    this.memory += memory
    if (this.memory > this.limits.memory)
      throw new EvolveError('limit-exceeded', `one datum takes more than ${this.limits.memory} bytes of memory`)
  }

  /**
   * The number of items in the next block of an array or map (Apache Avro 1.12, "Arrays"): 0 at the end. A negative count
   * has the block's size in bytes behind it, given to `sized`.
   */
  blockCount(item: number, sized?: (bytes: number) => void): number {
    const { tap } = this
    const count = tap.long()
    if (count === 0) return 0
    let items = count
    if (count < 0) {
      items = -count
      const size = this.checksSizes ? tap.length('a block') : Number(tap.long())
      sized?.(size)
    }
    const left = tap.end - tap.position
    if (item > 0 ? items > left / item : items > this.limits.emptyItems) {
      if (item > 0) throw new EvolveError('truncated', `a block of ${items} items, ${left} bytes left`)
      throw new EvolveError('limit-exceeded', `a block of ${items} items that take no bytes`)
    }
    this.count(Number(items))
    if (item === 0) this.emptyItems += Number(items)
    const { emptyItems } = this.limits
    if (this.emptyItems > emptyItems)
      throw new EvolveError('limit-exceeded', `more than ${emptyItems} items that take no bytes in one datum`)
    return Number(items)
  }

  /** The index in front of a union's value. */
  branch(branches: readonly unknown[]): number {
    const index = this.tap.long()
    if (index < 0 || index >= branches.length)
      throw new EvolveError('malformed-data', `a union has the branch ${index} of ${branches.length}`)
    return Number(index)
  }
}

/** Steps over a value without making it. */
export function skip(schema: Schema, run: SkipRun): void {
  const { tap } = run
  switch (schema.kind) {
    case 'null':
      return
    case 'boolean':
      tap.take(1)
      return
    case 'int':
    case 'long':
      tap.long()
      return
    case 'enum': {
      const index = tap.int()
      if (index < 0 || index >= schema.symbols.length) throw new EvolveError('malformed-data', `enum ${schema.name} has no symbol ${index}`)
      return
    }
    case 'float':
      tap.take(4)
      return
    case 'double':
      tap.take(8)
      return
    case 'fixed':
      tap.take(schema.size)
      return
    case 'bytes':
    case 'string':
      tap.take(tap.length(schema.kind))
      return
    case 'union':
      return skip(schema.branches[run.branch(schema.branches)] as Schema, run)
    case 'array':
      return skipBlocks(schema.items, false, run)
    case 'map':
      return skipBlocks(schema.values, true, run)
    case 'record':
      run.enter()
      run.count(schema.fields.length)
      for (const field of schema.fields) skip(field.type, run)
      run.leave()
  }
}

function skipBlocks(item: Schema, keyed: boolean, run: SkipRun): void {
  const { tap } = run
  run.enter()
  let size = -1
  const smallest = minSize(item) + (keyed ? 1 : 0)
  for (;;) {
    size = -1
    const count = run.blockCount(smallest, (bytes) => (size = bytes))
    if (count === 0) break
    if (size >= 0) {
      tap.take(size)
      continue
    }
    for (let index = 0; index < count; index++) {
      if (keyed) tap.take(tap.length('a map key'))
      skip(item, run)
    }
  }
  run.leave()
}
