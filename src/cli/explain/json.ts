import { textOf } from '../../avro.ts'
import type { Base } from '../../codec/avro/leaf-read.ts'
import { nameOf } from '../../schema/default.ts'
import type { Explanation, ReaderAccount } from './explanation.ts'
import type { Part } from './part.ts'
import { meaningOf } from './readable.ts'
import type { Seen } from './seen.ts'
import { typeLabel } from './type-label.ts'

/** An explanation for machines. Integers beyond 2^53 are text, bytes are hex; what is undefined is left out by JSON. */
export function explanationJson({ bytes, identity, writer, start, body, breakage, reader }: Explanation): object {
  return {
    bytes: bytes.length,
    frame: identity === undefined ? null : { ...identity, from: 0, to: start },
    writer: {
      id: writer.id,
      format: writer.format,
      name: writer.schema === undefined ? undefined : nameOf(writer.schema),
      subjects: writer.uses,
      from: writer.origin,
      schema: writer.schema === undefined ? undefined : textOf(writer.schema),
    },
    parts: body?.parts.map((part) => partJson(part, bytes)),
    damage: breakage,
    reader: reader === undefined ? undefined : readerJson(reader, bytes),
  }
}

function partJson(part: Part, bytes: Buffer): object {
  const { role, name, schema, from, to, value, items, note, parts } = part
  return {
    role,
    name,
    type: schema === undefined ? undefined : typeLabel(schema),
    from,
    to,
    hex: parts.length === 0 ? bytes.toString('hex', from, to) : undefined,
    value: value === undefined ? undefined : valueJson(value),
    meaning: schema === undefined || value === undefined ? undefined : meaningOf(schema, value),
    items,
    note,
    parts: parts.length === 0 ? undefined : parts.map((inside) => partJson(inside, bytes)),
  }
}

function readerJson({ schema, origin, relation, view, error, isSameAgain }: ReaderAccount, bytes: Buffer): object {
  return {
    name: nameOf(schema),
    from: origin,
    relation,
    error,
    sees: view === undefined ? undefined : seenJson(view.seen),
    carries: view?.carried.map(({ path, why, part }) => ({ path, why, ...partJson(part, bytes) })),
    writtenBackIsSame: isSameAgain,
  }
}

function seenJson({ name, schema, value, given, from, to, marks, items, inside }: Seen): object {
  return {
    name,
    type: typeLabel(schema),
    from,
    to,
    value: value === undefined ? undefined : valueJson(value),
    meaning: value === undefined ? undefined : meaningOf(schema, value),
    default: given === undefined ? undefined : exactJson(given.json),
    marks: marks.length === 0 ? undefined : marks,
    items,
    inside: inside.length === 0 ? undefined : inside.map(seenJson),
  }
}

/** Numbers that JSON has no word for are text. */
function valueJson(value: Base): unknown {
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex')}`
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value
}

function exactJson(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)))
}
