import type { LeafPlan } from '../../../resolution/plan.ts'
import { type LeafForm, leafForm, type Representation } from '../../../resolution/representation.ts'
import { promote, toForm } from '../leaf-read.ts'
import { quote, type Source } from './source.ts'

/** Writes the lines that read a 32-bit varint: its first byte in place, more bytes by a call. */
export function intText(source: Source): string {
  const name = source.let('v', 'B[p]')
  source.line(`if (${name} < 128) { p++; ${name} = (${name} >>> 1) ^ -(${name} & 1); } else { ${name} = INT(B, p); p = R.p; }`)
  return name
}

function call(expression: string, source: Source): string {
  const name = source.let('v', expression)
  source.line('p = R.p;')
  return name
}

/** Writes the lines that read a primitive or fixed, and gives the expression that is its value. */
export function leafText(plan: LeafPlan, representation: Representation, source: Source, cuts: boolean): string {
  const form = leafForm(plan.reader, representation)
  const from = plan.writer.kind
  const to = plan.reader.kind
  if (from === 'null') return 'null'
  const base = baseText(plan.writer, form, source, cuts)
  const promoted =
    from === to || to === 'long' || (to === 'double' && form.form === 'double')
      ? base
      : `${source.constant(promote)}(${base}, ${quote(to)})`
  switch (form.form) {
    case 'long':
      return form.as === 'bigint' ? `BigInt(${promoted})` : promoted
    case 'date':
      source.line(`if (${promoted} > 100000000 || ${promoted} < -100000000) throw BAIL;`)
      return `new Date(${promoted} * 86400000)`
    case 'timestamp':
      if (form.unit !== 'millis') return formed(form, promoted, source)
      source.line(`if (${promoted} > 8.64e15 || ${promoted} < -8.64e15) throw BAIL;`)
      return `new Date(${promoted})`
    case 'decimal':
    case 'uuid-bytes':
    case 'duration':
      return formed(form, promoted, source)
    default:
      return promoted
  }
}

function formed(form: LeafForm, value: string, source: Source): string {
  return source.let('v', `${source.constant(toForm)}(${source.constant(form)}, ${value})`)
}

function baseText(writer: LeafPlan['writer'], form: LeafForm, source: Source, cuts: boolean): string {
  switch (writer.kind) {
    case 'boolean': {
      const value = source.let('v', 'B[p++]')
      source.line(`if (${value} > 1) throw BAIL;`)
      return `(${value} === 1)`
    }
    case 'int':
      return intText(source)
    case 'long':
      return longText(form, source)
    case 'float': {
      const value = source.let('v', 'V.getFloat32(p, true)')
      source.line('p += 4;')
      return value
    }
    case 'double': {
      const value = source.let('v', 'V.getFloat64(p, true)')
      source.line('p += 8;')
      return value
    }
    case 'string':
      return stringText(source, cuts)
    case 'bytes': {
      const length = call('SIZE(B, p)', source)
      const value = source.let('v', `DATA(B, p, ${length})`)
      source.line(`p += ${length};`)
      return value
    }
    case 'fixed': {
      const value = source.let('v', `DATA(B, p, ${Number(writer.size)})`)
      source.line(`p += ${Number(writer.size)};`)
      return value
    }
    case 'null':
      return 'null'
  }
}

/** Writes the lines that read a string: cut from the message as one string where that is made anyway, else with memory of its own. */
function stringText(source: Source, cuts: boolean): string {
  return call(cuts ? 'CUT(p, s)' : 'TEXT(B, p)', source)
}

/** Writes the lines that read a key of a map. */
export function keyText(source: Source): string {
  return call('KEY(B, p)', source)
}

function longText(form: LeafForm, source: Source): string {
  const needsExact = (form.form === 'long' && form.as !== 'number') || (form.form === 'timestamp' && form.unit !== 'millis')
  const name = source.let('v', 'B[p]')
  source.line(
    `if (${name} < 128) { p++; ${name} = (${name} >>> 1) ^ -(${name} & 1); } else { ${name} = ${needsExact ? 'EXACT' : 'LONG'}(B, p); p = R.p; }`,
  )
  return name
}
