import { choicesOf } from '../../codec/avro/choices.ts'
import { resolveSchemas } from '../../codec/avro/resolution.ts'
import { isEvolveError } from '../../errors.ts'
import type { Relation } from '../../resolution/relate.ts'
import type { Schema } from '../../schema/types.ts'
import type { Identity } from './identify.ts'
import type { Breakage, Part } from './part.ts'
import { type View, viewOf } from './seen.ts'
import { type WalkLimits, walkMessage } from './walk.ts'
import type { WriterSchema } from './writer-schema.ts'

/** What a reader makes of the message. */
export interface ReaderAccount {
  readonly schema: Schema
  /** Where it stands. */
  readonly origin: string
  readonly relation: Relation
  /** Absent where it cannot be read. */
  readonly view: View | undefined
  readonly error: { readonly code: string; readonly path: string; readonly problem: string } | undefined
  /** Whether the value, written back as it was read, is the same bytes again; `undefined` where it cannot be written. */
  readonly isSameAgain: boolean | undefined
}

/** All that is said of a message. */
export interface Explanation {
  readonly bytes: Buffer
  /** Absent where the message was said to have no frame. */
  readonly identity: Identity | undefined
  readonly writer: WriterSchema
  /** First byte of the value. */
  readonly start: number
  /** Absent for schema languages that are not taken apart. */
  readonly body: Part | undefined
  readonly breakage: Breakage | undefined
  readonly reader: ReaderAccount | undefined
}

/** Takes a message apart, and looks at it with the eyes of a reader. */
export function explain(
  message: Pick<Explanation, 'bytes' | 'identity' | 'writer' | 'start'>,
  reader: { readonly schema: Schema; readonly origin: string } | undefined,
  limits: WalkLimits,
): Explanation {
  const { bytes, start, writer } = message
  if (writer.schema === undefined) return { ...message, body: undefined, breakage: undefined, reader: undefined }
  const { body, breakage } = walkMessage(writer.schema, bytes, start, limits)
  const account = reader === undefined ? undefined : readerAccount(writer.schema, reader, { bytes, start, root: body.parts[0] as Part })
  return { ...message, body, breakage, reader: account }
}

function readerAccount(
  writer: Schema,
  reader: { readonly schema: Schema; readonly origin: string },
  { bytes, start, root }: { readonly bytes: Buffer; readonly start: number; readonly root: Part },
): ReaderAccount {
  // A long that is not exact as a number is no reason to show nothing: it is marked.
  const pair = resolveSchemas(writer, reader.schema, choicesOf({ long: 'auto' }))
  const { relation } = pair
  const account = { ...reader, relation }
  try {
    const value = pair.decode(bytes, start)
    const isSameAgain = writesSame(() => pair.encode(value), bytes.subarray(start))
    return { ...account, view: viewOf(pair.plan, root), error: undefined, isSameAgain }
  } catch (error) {
    if (!isEvolveError(error)) throw error
    const { code, path = '', problem } = error
    return { ...account, view: undefined, error: { code, path, problem }, isSameAgain: undefined }
  }
}

function writesSame(write: () => Buffer, bytes: Buffer): boolean | undefined {
  try {
    return write().equals(bytes)
  } catch (error) {
    if (isEvolveError(error)) return undefined
    throw error
  }
}
