import { decode, parseSchema } from '../../../avro.ts'

/** A message read with the schema it was written in, base types and plain unions. */
export function decodeWith(schema: object | string, bytes: Uint8Array): unknown {
  return decode('kind' in Object(schema) ? (schema as never) : parseSchema(schema as object), bytes)
}
