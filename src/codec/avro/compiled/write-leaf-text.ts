import type { EnumPlan, LeafPlan } from '../../../resolution/plan.ts'
import { type LeafForm, leafForm, type Representation } from '../../../resolution/representation.ts'
import { fromForm, Misfit, narrow } from '../leaf-write.ts'
import { isDetached } from '../object.ts'
import { bail, type Source } from './source.ts'

/** Writes the lines that write a primitive or fixed. */
export function leafText(plan: LeafPlan, value: string, representation: Representation, source: Source): void {
  const form = leafForm(plan.reader, representation)
  if (plan.writer.kind !== plan.reader.kind) return converted(plan, form, value, source)
  switch (form.form) {
    case 'null':
      return source.bailIf(`${value} !== null`)
    case 'boolean':
      source.bailIf(`typeof ${value} !== 'boolean'`)
      return source.line(`B[p++] = ${value} ? 1 : 0;`)
    case 'int':
      source.bailIf(`typeof ${value} !== 'number' || (${value} | 0) !== ${value}`)
      return varint(value, 'INT', source)
    case 'long':
      return varint(value, 'LONG', source)
    case 'float':
      source.bailIf(`typeof ${value} !== 'number' || (!Number.isFinite(Math.fround(${value})) && Number.isFinite(${value}))`)
      return source.line(`V.setFloat32(p, ${value}, true); p += 4;`)
    case 'double':
      source.bailIf(`typeof ${value} !== 'number'`)
      return source.line(`V.setFloat64(p, ${value}, true); p += 8;`)
    case 'string':
    case 'uuid':
      source.bailIf(`typeof ${value} !== 'string'`)
      return source.line(`p = TEXT(B, p, ${value}, limit);`)
    case 'bytes':
      source.bailIf(`!(${value} instanceof Uint8Array) || (${value}.length === 0 && ${source.constant(isDetached)}(${value}))`)
      if (plan.writer.kind === 'fixed') source.bailIf(`${value}.length !== ${Number(plan.writer.size)}`)
      else source.line(`p = INT(B, p, ${value}.length);`)
      return source.line(`p = RAW(B, p, ${value}, limit);`)
    case 'timestamp':
      if (form.unit !== 'millis') return converted(plan, form, value, source)
      source.bailIf(`!(${value} instanceof Date)`)
      return varint(source.let('t', `${value}.getTime()`), 'LONG', source)
    default:
      return converted(plan, form, value, source)
  }
}

function varint(value: string, kind: 'INT' | 'LONG', source: Source): void {
  const small = kind === 'LONG' ? `typeof ${value} === 'number' && ` : ''
  source.line(
    `if (${small}${value} >= 0 && ${value} < 64 && (${value} | 0) === ${value}) B[p++] = ${value} << 1; else p = ${kind}(B, p, ${value});`,
  )
}

/** A leaf whose form or type is converted on its way. */
function converted(plan: LeafPlan, form: LeafForm, value: string, source: Source): void {
  const convert = (given: unknown): unknown => {
    const base = fromForm(form, plan.reader, given)
    const narrowed = base instanceof Misfit ? undefined : narrow(base, plan.reader, plan.writer)
    if (narrowed === undefined) throw bail
    return narrowed
  }
  const base = source.let('c', `${source.constant(convert)}(${value})`)
  switch (plan.writer.kind) {
    case 'int':
    case 'long':
      return source.line(`p = LONG(B, p, ${base});`)
    case 'float':
      return source.line(`V.setFloat32(p, ${base}, true); p += 4;`)
    case 'double':
      return source.line(`V.setFloat64(p, ${base}, true); p += 8;`)
    case 'string':
      return source.line(`p = TEXT(B, p, ${base}, limit);`)
    case 'bytes':
      return source.line(`p = INT(B, p, ${base}.length); p = RAW(B, p, ${base}, limit);`)
    default:
      return source.line(`p = RAW(B, p, ${base}, limit);`)
  }
}

/** Writes the lines that write a symbol. */
export function enumText({ writer: { symbols: writer }, reader: { symbols: reader } }: EnumPlan, value: string, source: Source): void {
  const indexes = new Map(writer.flatMap((symbol, index) => (reader.includes(symbol) ? [[symbol, index] as const] : [])))
  const index = source.let('i', `${source.constant(indexes)}.get(${value})`)
  source.bailIf(`${index} === undefined`)
  varint(index, 'INT', source)
}
