import { isUtf8 } from 'node:buffer'
import { readFrame } from '../../frame/confluent.ts'
import { readSingleObject } from '../../frame/single-object.ts'

/** What a message is, by its first bytes. */
export type Identity =
  | { readonly kind: 'confluent'; readonly id: number; readonly start: number }
  | { readonly kind: 'single-object'; readonly fingerprint: string; readonly start: number }
  /** Something else; `text` says what, `hint` what to do. */
  | { readonly kind: 'other'; readonly form: string; readonly text: string; readonly hint?: string }

/** Beginnings of other formats (their own specifications), longest first where one begins another. */
const beginnings: readonly (readonly [string, string, string, string?])[] = [
  ['4f626a01', 'avro-container', 'an Avro container file', 'read it with readContainer of kafka-evolve/avro, or avro-tools'],
  [
    'aced0005',
    'java-serialization',
    'Java serialization: an ObjectOutputStream wrote it, no schema serializer',
    'look at the value.serializer of the producer',
  ],
  ['1f8b', 'gzip', 'gzip: the producer compresses by itself, outside Kafka', 'decompress it (gunzip) and explain what comes out'],
  ['28b52ffd', 'zstd', 'zstd: the producer compresses by itself, outside Kafka', 'decompress it (zstd -d) and explain what comes out'],
  ['04224d18', 'lz4', 'LZ4 frames: the producer compresses by itself, outside Kafka', 'decompress it (lz4 -d) and explain what comes out'],
  ['82534e41505059', 'snappy', 'Snappy in blocks, as Java writes it', 'decompress it and explain what comes out'],
  ['ff060000734e61507059', 'snappy', 'framed Snappy', 'decompress it and explain what comes out'],
  ['504b0304', 'zip', 'a ZIP archive'],
  ['50415231', 'parquet', 'a Parquet file'],
]

/** Says what a message is. Total: never throws on any bytes. */
export function identify(bytes: Buffer): Identity {
  const frame = readFrame(bytes)
  if (frame.kind === 'framed') return { kind: 'confluent', id: frame.id, start: frame.start }
  if (frame.kind === 'truncated') {
    const text = `the beginning of a Confluent frame: ${frame.length} of 5 bytes`
    return { kind: 'other', form: 'truncated', text, hint: 'the message was cut off, or is no message of a schema serializer' }
  }
  if (bytes.length === 0) {
    const hint = 'a value of null is a tombstone of a compacted topic; no bytes at all were written by no schema serializer'
    return { kind: 'other', form: 'empty', text: 'nothing: it has no bytes', hint }
  }
  const object = readSingleObject(bytes)
  if (object.kind === 'framed') return { kind: 'single-object', fingerprint: bytes.toString('hex', 2, object.start), start: object.start }
  if (object.kind === 'truncated' && bytes.length > 1)
    return { kind: 'other', form: 'truncated', text: `the beginning of an Avro single object: ${object.length} of 10 bytes` }
  return otherForm(bytes)
}

function otherForm(bytes: Buffer): Identity {
  for (const [hex, form, text, hint] of beginnings) {
    if (!bytes.subarray(0, hex.length / 2).equals(Buffer.from(hex, 'hex'))) continue
    return { kind: 'other', form, text, ...(hint === undefined ? {} : { hint }) }
  }
  if (bytes[0] === 3 && (bytes[1] === 0 || bytes[1] === 5) && bytes.length >= 18) {
    const hint = `its schema version is ${uuidText(bytes.subarray(2, 18))}`
    return { kind: 'other', form: 'glue', text: 'probably a message of the AWS Glue serializer, which frames in another way', hint }
  }
  if (bytes[0] === 1 && bytes.length === 17) {
    const guid = uuidText(bytes.subarray(1))
    const hint = `the value behind such a header has no frame: fetch the schema (GET /schemas/guids/${guid} of the registry), then give the value with --schema FILE --unframed`
    return {
      kind: 'other',
      form: 'guid',
      text: `the GUID of a schema as Confluent puts it into the header __value_schema_id: ${guid}`,
      hint,
    }
  }
  return textForm(bytes)
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Text, or bytes of no known form. */
function textForm(bytes: Buffer): Identity {
  const unframed = 'where it is an Avro value without a frame, give --schema FILE --unframed'
  if (!isUtf8(bytes) || bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32)))
    return {
      kind: 'other',
      form: 'binary',
      text: 'bytes of no known form: they begin with neither 00 (Confluent) nor C3 01 (Avro)',
      hint: unframed,
    }
  const text = bytes.toString('utf8').trim()
  const hint = 'no schema serializer wrote it: look at the serializer of the producer'
  if (/^[[{"]/.test(text) && isJson(text)) return { kind: 'other', form: 'json', text: 'JSON text', hint }
  if (text.startsWith('<')) return { kind: 'other', form: 'xml', text: 'text, probably XML', hint }
  return { kind: 'other', form: 'text', text: 'plain text', hint }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
