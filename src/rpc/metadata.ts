import { choicesOf } from '../codec/avro/choices.ts'
import { resolveSchemas } from '../codec/avro/resolution.ts'
import { SkipRun, skip } from '../codec/avro/skip.ts'
import { parseSchema } from '../schema/parse.ts'
import type { Schema } from '../schema/types.ts'
import type { Tap } from '../wire/tap.ts'

/** What travels beside a request or a response ("Call Format"): bytes by name, of no meaning to this library. */
export type RpcMetadata = Readonly<Record<string, Uint8Array>>

const schema = parseSchema({ type: 'map', values: 'bytes' })

/** Writes metadata. @throws EvolveError `invalid-value`. */
export function encodeMetadata(metadata: RpcMetadata): Buffer {
  return encodePlain(schema, metadata)
}

/** Reads metadata and steps behind it. @throws EvolveError `truncated`, `malformed-data`, `limit-exceeded`. */
export function decodeMetadata(tap: Tap): RpcMetadata {
  return decodePlain(schema, tap) as RpcMetadata
}

/** Writes a value that every release of the protocol has in one form. */
export function encodePlain(of: Schema, value: unknown): Buffer {
  return resolveSchemas(of, of, choicesOf()).encode(value)
}

/** Reads such a value, behind which others may follow. */
export function decodePlain(of: Schema, tap: Tap): unknown {
  const start = tap.position
  skip(of, new SkipRun(tap))
  return resolveSchemas(of, of, choicesOf()).decode(tap.bytes.subarray(start, tap.position))
}
