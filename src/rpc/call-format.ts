import { resolveSchemas } from '../codec/avro/resolution.ts'
import { EvolveError } from '../errors.ts'
import { nameOf } from '../schema/default.ts'
import { unqualified } from '../schema/names.ts'
import type { ProtocolMessage } from '../schema/protocol-types.ts'
import type { Schema } from '../schema/types.ts'
import { Sink } from '../wire/sink.ts'
import type { Tap } from '../wire/tap.ts'
import { decodeMetadata, encodeMetadata, type RpcMetadata } from './metadata.ts'
import { RpcError } from './rpc-error.ts'
import type { ValueForm } from './value-form.ts'

/** The errors that every message has, also one that is not known ("Messages": the effective union). */
const TEXT: readonly Schema[] = Object.freeze([Object.freeze({ kind: 'string' } as const)])

/**
 * Writes a request (Apache Avro 1.12, "Call Format"): metadata, name, parameters. The request is one of `ours`, written as one of `sent`.
 * @throws EvolveError `invalid-value` with the path.
 */
export function encodeRequest(
  sent: ProtocolMessage,
  ours: ProtocolMessage,
  request: unknown,
  metadata: RpcMetadata,
  { choices, policy }: ValueForm,
): Buffer {
  const parameters = resolveSchemas(sent.request, ours.request, choices).encode(request ?? {}, { policy })
  return Buffer.concat([encodeMetadata(metadata), textBytes(sent.name), parameters])
}

/** A request with no message, which only asks for a handshake or for a sign of life: an empty name. */
export function encodePing(): Buffer {
  return Buffer.concat([encodeMetadata({}), textBytes('')])
}

/** Reads what stands in front of the parameters. An empty name is a ping. */
export function decodeRequestHead(tap: Tap): { readonly metadata: RpcMetadata; readonly name: string } {
  return { metadata: decodeMetadata(tap), name: tap.string() }
}

/** Reads the parameters that `theirs` wrote, as those of `ours`. All bytes must be used. */
export function decodeRequest(tap: Tap, theirs: ProtocolMessage, ours: ProtocolMessage, form: ValueForm): unknown {
  return resolveSchemas(theirs.request, ours.request, form.choices).decode(tap.bytes, tap.position)
}

/** Writes a response. Nothing at all stands for null. @throws EvolveError `invalid-value`. */
export function encodeResponse(message: ProtocolMessage, response: unknown, metadata: RpcMetadata, form: ValueForm): Buffer {
  const value = response === undefined && message.response.kind === 'null' ? null : response
  return Buffer.concat([encodeMetadata(metadata), Buffer.of(0), encodeOwn(message.response, value, form)])
}

/** Writes a declared error in place of the response. @throws EvolveError `invalid-value`, also when the message does not declare it. */
export function encodeError(message: ProtocolMessage, error: RpcError, metadata: RpcMetadata, form: ValueForm): Buffer {
  const branches = message.errors.branches
  const { errorName } = error
  const exact = branches.findIndex((branch) => nameOf(branch) === errorName)
  const index = exact >= 0 ? exact : branches.findIndex((branch) => unqualified(nameOf(branch)) === errorName)
  const branch = branches[index]
  if (branch === undefined) throw new EvolveError('invalid-value', `message ${message.name} declares no error ${errorName}`)
  return Buffer.concat([encodeMetadata(metadata), Buffer.of(1), intBytes(index), encodeOwn(branch, error.value, form)])
}

/** Writes an error that is not declared: `string` is the first branch of every union of errors. */
export function encodeTextError(text: string, metadata: RpcMetadata = {}): Buffer {
  return Buffer.concat([encodeMetadata(metadata), Buffer.of(1), intBytes(0), textBytes(text)])
}

/** What came back for a call. */
export type Reply = { readonly metadata: RpcMetadata } & ({ readonly response: unknown } | { readonly error: RpcError })

/**
 * Reads the reply that the server wrote under `theirs`, as the response or error of `ours`. A declared error that ours does not know keeps
 * the server's name and fields.
 */
export function decodeReply(tap: Tap, theirs: ProtocolMessage | undefined, ours: ProtocolMessage, form: ValueForm): Reply {
  const metadata = decodeMetadata(tap)
  if (tap.boolean()) return { metadata, error: decodeError(tap, theirs?.errors.branches ?? TEXT, ours, metadata, form) }
  if (theirs === undefined) throw new EvolveError('malformed-data', `the server answers the message ${ours.name}, which it does not have`)
  return { metadata, response: resolveSchemas(theirs.response, ours.response, form.choices).decode(tap.bytes, tap.position) }
}

function decodeError(tap: Tap, theirs: readonly Schema[], ours: ProtocolMessage, metadata: RpcMetadata, form: ValueForm): RpcError {
  const index = tap.long()
  const written = theirs[Number(index)]
  if (written === undefined) throw new EvolveError('malformed-data', `an error has the branch ${index} of ${theirs.length}`)
  const read = sameError(written, ours.errors.branches) ?? written
  return new RpcError(nameOf(read), resolveSchemas(written, read, form.choices).decode(tap.bytes, tap.position), metadata)
}

/** Which error is meant is told by its name (or alias), never by its fields: any error would pass for one that has none. */
function sameError(written: Schema, branches: readonly Schema[]): Schema | undefined {
  const name = nameOf(written)
  return (
    branches.find((branch) => nameOf(branch) === name || ('aliases' in branch && branch.aliases.includes(name))) ??
    branches.find((branch) => unqualified(nameOf(branch)) === unqualified(name))
  )
}

function encodeOwn(schema: Schema, value: unknown, { choices, policy }: ValueForm): Buffer {
  return resolveSchemas(schema, schema, choices).encode(value, { policy })
}

function textBytes(text: string): Buffer {
  const sink = new Sink(16)
  sink.string(text)
  return sink.buffer.subarray(0, sink.position)
}

function intBytes(value: number): Buffer {
  const sink = new Sink(16)
  sink.long(value)
  return sink.buffer.subarray(0, sink.position)
}
