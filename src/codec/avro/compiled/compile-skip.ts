import type { Schema } from '../../../schema/types.ts'
import { Tap } from '../../../wire/tap.ts'
import { minSize } from '../min-size.ts'
import { SkipRun, skip } from '../skip.ts'
import type { Source } from './source.ts'

/** Writes the lines that step over a value at `p`, `depth` levels inside the function. */
export function skipText(schema: Schema, source: Source, depth: number): void {
  switch (schema.kind) {
    case 'null':
      return
    case 'boolean':
      return source.line('p += 1;')
    case 'int':
    case 'long':
      return source.line('if (B[p] > 127) p = PASS(B, p); else p++;')
    case 'enum':
      return source.line(`if ((INT(B, p) >>> 0) >= ${schema.symbols.length}) throw BAIL; p = R.p;`)
    case 'float':
      return source.line('p += 4;')
    case 'double':
      return source.line('p += 8;')
    case 'fixed':
      return source.line(`p += ${Number(schema.size)};`)
    case 'bytes':
    case 'string':
      return source.line('p = OVER(B, p);')
    default:
      return skipComposite(schema, source, depth)
  }
}

function skipComposite(schema: Schema, source: Source, depth: number): void {
  if (schema.kind === 'union' && schema.branches.every(isFlat)) {
    source.line('switch (B[p++]) {')
    for (const [index, branch] of schema.branches.entries()) {
      if (index > 63) break // two bytes: left to walking
      source.line(`case ${index * 2}:`)
      skipText(branch, source, depth)
      source.line('break;')
    }
    return source.line('default: throw BAIL; }')
  }
  if (schema.kind === 'record' && schema.fields.every((field) => isFlat(field.type))) {
    for (const field of schema.fields) skipText(field.type, source, depth)
    return
  }
  if ((schema.kind === 'array' && isFlat(schema.items)) || (schema.kind === 'map' && isFlat(schema.values))) {
    const item = schema.kind === 'array' ? schema.items : schema.values
    const keyed = schema.kind === 'map'
    const left = source.fresh('n')
    const least = minSize(item) + (keyed ? 1 : 0)
    source.line(
      `for (let ${left} = COUNT(B, p, ${least}, 1, 0); ; ${left} = COUNT(B, p, ${least}, 1, 0)) { p = R.p; if (${left} === 0) break; if (R.block >= 0) { p += R.block; continue; } do { if (p > e) throw BAIL;`,
    )
    if (keyed) source.line('p = OVER(B, p);')
    skipText(item, source, depth)
    return source.line(`} while (--${left} > 0); }`)
  }
  // Deep or recursive: rare among fields that a reader does not know, and stepping over it builds nothing.
  // What it uses of the limits counts for the whole datum.
  const walk = (bytes: Buffer, start: number, end: number, values: number, emptyItems: number, depth: number): SkipRun => {
    const run = new SkipRun(new Tap(bytes, start, end))
    run.values = values
    run.emptyItems = emptyItems
    run.depth = depth
    skip(schema, run)
    return run
  }
  const run = source.let('w', `${source.constant(walk)}(B, p, e, VALUES - R.values, EMPTY - R.empty, R.depth + ${depth})`)
  source.line(`p = ${run}.tap.position; R.values = VALUES - ${run}.values; R.empty = EMPTY - ${run}.emptyItems;`)
}

function isFlat(schema: Schema): boolean {
  return schema.kind !== 'record' && schema.kind !== 'array' && schema.kind !== 'map' && schema.kind !== 'union'
}
