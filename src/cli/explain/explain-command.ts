import { EvolveError, isEvolveError } from '../../errors.ts'
import { type Command, type CommandContext, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { usageError } from '../usage.ts'
import type { Explanation } from './explanation.ts'
import { type Identity, identify } from './identify.ts'
import { type InputFormat, messageBytes } from './message-input.ts'
import { fullTexts, shortTexts } from './readable.ts'
import type { SchemaPlaces } from './writer-schema.ts'

const options = {
  format: {
    type: 'text',
    placeholder: 'FORMAT',
    help: 'How MESSAGE writes its bytes down; auto takes hex (also of xxd and hexdump), base64 and raw files for what they are',
    choices: ['auto', 'hex', 'base64', 'raw'],
    default: 'auto',
  },
  schema: { type: 'text', placeholder: 'FILE', help: "The writer's schema, where no registry is to be asked", complete: 'file' },
  reader: { type: 'text', placeholder: 'FILE', help: 'Your schema (.avsc, .avdl): what would you see, and carry?', complete: 'file' },
  lock: { type: 'text', placeholder: 'FILE', help: 'Ask this lock file instead of a registry', complete: 'file' },
  subject: { type: 'text', placeholder: 'SUBJECT', help: 'A subject of the context (:.context:) in which the ID is to be looked for' },
  key: { type: 'flag', help: 'The message is a key, not a value: names the subjects of keys first' },
  unframed: { type: 'flag', help: 'The bytes are an Avro value alone, without a schema ID in front' },
  full: { type: 'flag', help: 'Show all of long texts, arrays and maps' },
  ...connectionOptions,
} as const

type Context = CommandContext<typeof options>

/** `kafka-evolve explain MESSAGE`. */
export const explainCommand: Command = defineCommand({
  name: 'explain',
  summary: 'say what is in a message, byte by byte',
  description: `Takes a message apart: its frame, the schema that wrote it and where that is registered, and each field with its bytes [from, to), type and value. With --reader also what your schema makes of it: renamed, promoted and defaulted fields, what it does not know and would carry along, and whether it would be written back unchanged. A damaged message is shown up to the byte where it breaks.
Ends with 1 where the message cannot be read: it is damaged, it is something else, or --reader cannot read it.`,
  positionals: [{ name: 'MESSAGE', help: 'The bytes as hex or base64, a file, or - for standard input', complete: 'file' }],
  options,
  examples: [
    ['A message copied out of a log', 'explain 000000000708617263 --registry http://localhost:8081'],
    ['What kcat reads: kcat -C -b localhost -t orders -o -1 -c 1 -e -D "" | …', 'explain - --reader mine.avsc'],
    ['Without a registry, at night', 'explain message.bin --lock schemas.lock'],
    ['An Avro value without a frame', 'explain value.bin --unframed --schema order.avsc'],
  ],
  async run(context) {
    const { options, style, stdout, json } = context
    if (options.unframed && options.schema === undefined)
      throw usageError('--unframed needs --schema FILE: nothing in the bytes says which schema wrote them')
    const bytes = await messageBytes(context.args[0] ?? '', options.format as InputFormat, context)
    const identity = options.unframed ? undefined : identify(bytes)
    if (identity?.kind === 'other') {
      stdout.write(
        json
          ? `${JSON.stringify({ bytes: bytes.length, frame: identity })}\n`
          : (await import('./text.ts')).otherText(identity, bytes, style),
      )
      return exitCodes.findings
    }
    const explanation = await explanationOf(bytes, identity, context)
    if (json) stdout.write(`${JSON.stringify((await import('./json.ts')).explanationJson(explanation))}\n`)
    else {
      const { explanationText } = await import('./text.ts')
      stdout.write(explanationText(explanation, style, options.full ? fullTexts : shortTexts, options.key ? 'key' : 'value'))
    }
    const { body, breakage, reader } = explanation
    return body === undefined || breakage !== undefined || reader?.error !== undefined ? exitCodes.findings : exitCodes.ok
  },
})

async function explanationOf(bytes: Buffer, identity: Identity | undefined, context: Context): Promise<Explanation> {
  const { options, cwd } = context
  const [{ explain }, { readSchemaFile }, { writerSchema }] = await Promise.all([
    import('./explanation.ts'),
    import('../schema-file.ts'),
    import('./writer-schema.ts'),
  ])
  const reader = options.reader === undefined ? undefined : await readSchemaFile('--reader', options.reader, cwd)
  const file =
    options.schema === undefined ? undefined : { schema: await readSchemaFile('--schema', options.schema, cwd), path: options.schema }
  const registry = file === undefined ? await registryOf(context) : undefined
  try {
    const writer = await writerSchema(identity, { registry, file, subject: options.subject }).catch((error: unknown) => {
      throw unknownSchema(error, bytes, identity, registry?.name ?? '')
    })
    const start = identity === undefined || identity.kind === 'other' ? 0 : identity.start
    const limits = options.full ? { items: 1_000_000, parts: 200_000 } : { items: 20, parts: 2_000 }
    const mine = reader === undefined ? undefined : { schema: reader, origin: options.reader ?? '' }
    return explain({ bytes, identity, writer, start }, mine, limits)
  } finally {
    await registry?.registry.close()
  }
}

/** Says what to do where the schema of a message cannot be had: by whom it may have been written, or where else to look. */
function unknownSchema(error: unknown, bytes: Buffer, identity: Identity | undefined, place: string): unknown {
  if (!isEvolveError(error)) return error
  if (error.retryable) {
    const hint = `${error.details.hint ?? 'does it run?'} Without it: --lock schemas.lock, or the schema itself with --schema FILE`
    return new EvolveError(error.code, error.problem, { ...error.details, hint }, error)
  }
  if (identity?.kind !== 'confluent' || error.code !== 'schema-not-found') return error
  const { id } = identity
  // Serializers of Apicurio write IDs of 8 bytes where they are not told otherwise: the first 4 of them are then taken for the ID 0.
  const isLong = bytes.length >= 9 && id === 0
  const hint = isLong
    ? `this may be the ID ${bytes.readUInt32BE(5)} in 8 bytes, as serializers of Apicurio write it unless told to use 4 (apicurio.registry.headers.enabled, IdHandler)`
    : (error.details.hint ??
      'was it written with another registry (--registry), or in a context (--subject :.context:)? Was the schema purged? Where it is an Avro value that only begins like a frame: --schema FILE --unframed')
  const problem = `the message says schema ID ${id} (its bytes 1 to 4), and ${place} has no such schema`
  const { schemaId: _said, ...details } = error.details
  return new EvolveError(error.code, problem, { ...details, hint }, error)
}

async function registryOf(context: Context): Promise<SchemaPlaces['registry']> {
  const { lock } = context.options
  if (lock !== undefined) return (await import('../connection/lock.ts')).openLock(lock, context.cwd)
  const { namedRegistry, openAddress } = await import('../connection/open.ts')
  const address = await namedRegistry(context)
  return address === undefined ? undefined : openAddress(address, context)
}
