import type { Resolution } from '../codec/codec.ts'
import { type ErrorDetails, EvolveError } from '../errors.ts'
import { frameId, frameLength, hasFrame, readFrame } from '../frame/confluent.ts'
import { asEvolveError, located, nameOf } from './failure.ts'
import type { MessagePlace } from './place.ts'
import type { TopicSide } from './side.ts'

/** Bytes of one side of a topic to values of its definition. */
export interface Deserializer<Out = unknown> {
  /**
   * Reads framed bytes; `null` stays `null`. A promise only when the schema ID was never seen before, or to complete an error.
   * @throws EvolveError with topic, place, side, schema ID and both schemas; thrown or rejected, whichever the call came to.
   */
  deserialize(bytes: Uint8Array | null, place?: MessagePlace): Out | null | Promise<Out | null>
}

/** A deserializer of which it can be asked beforehand what it would have to wait for. */
export interface FindingDeserializer<Out = unknown> extends Deserializer<Out> {
  /** The schema ID in front of these bytes where it would have to be looked up first; `undefined` where decoding can go ahead, and where it cannot succeed. */
  unknownId(bytes: Uint8Array | null): number | undefined
  /** Looks the ID up, so that decoding needs not. @throws EvolveError what decoding would throw, without the place. */
  find(id: number): Promise<void>
}

/** The pair (writer, reader) of each ID is resolved once. */
export function createDeserializer<Out = unknown>(of: TopicSide): FindingDeserializer<Out> {
  const { topic, side, subject, definition, writers, versions, logger } = of
  const resolutions = new Map<number, Resolution>()

  const decode = (resolution: Resolution, id: number, bytes: Uint8Array, place: MessagePlace): Out | Promise<never> => {
    try {
      return resolution.decode(bytes, frameLength) as Out
    } catch (error) {
      return refuse(error, resolution, id, place)
    }
  }

  const refuse = (stray: unknown, resolution: Resolution, id: number, place: MessagePlace): Promise<never> => {
    const error = asEvolveError(stray, 'decoding')
    const describe = (): EvolveError => {
      const reader = versions.label(subject, definition.schema, { name: definition.name })
      const writer = versions.label(subject, resolution.writer, { name: nameOf(resolution.writer), id })
      return located(error, { ...whole(place), schemaId: id, reader: reader.label, writer: writer.label })
    }
    const known = versions.label(subject, definition.schema, {}).settled && versions.label(subject, resolution.writer, {}).settled
    if (known) throw describe()
    const source = writers.sourceOf(resolution.writer)?.source
    const asked = [versions.describe(subject, definition.schema, definition.source), versions.describe(subject, resolution.writer, source)]
    return Promise.all(asked).then(() => Promise.reject(describe()))
  }

  const whole = (place: MessagePlace): ErrorDetails => ({ topic, side, ...place })

  const resolutionOf = (schema: object, id: number): Resolution => {
    const resolution = definition.codec.resolve(schema, definition)
    resolutions.set(id, resolution)
    const { relation, divergences } = resolution
    logger
      .child({ topic, schemaId: id })
      .debug({ side, reader: definition.name, relation, divergences }, 'writer schema met for the first time')
    return resolution
  }

  const first = async (id: number, bytes: Uint8Array, place: MessagePlace): Promise<Out> => {
    let resolution: Resolution
    try {
      const writer = await writers.load(definition.codec, id)
      resolution = resolutionOf(writer.schema, id)
    } catch (error) {
      throw located(asEvolveError(error, 'finding the writer schema', 'registry-unavailable'), {
        ...whole(place),
        schemaId: id,
        reader: { name: definition.name },
      })
    }
    return decode(resolution, id, bytes, place)
  }

  return {
    deserialize: (bytes, place = {}) => {
      if (bytes === null) return null
      if (!hasFrame(bytes)) throw located(unframed(bytes), { ...whole(place), reader: { name: definition.name } })
      const id = frameId(bytes)
      const resolution = resolutions.get(id)
      if (resolution !== undefined) return decode(resolution, id, bytes, place)
      const known = writers.peek(definition.codec, id)
      return known === undefined ? first(id, bytes, place) : decode(resolutionOf(known.schema, id), id, bytes, place)
    },
    unknownId: (bytes) => {
      if (bytes === null || !hasFrame(bytes)) return undefined
      const id = frameId(bytes)
      return resolutions.has(id) || writers.peek(definition.codec, id) !== undefined ? undefined : id
    },
    find: async (id) => {
      try {
        await writers.load(definition.codec, id)
      } catch (error) {
        throw asEvolveError(error, 'finding the writer schema', 'registry-unavailable')
      }
    },
  }
}

function unframed(bytes: Uint8Array): EvolveError {
  const frame = readFrame(bytes)
  if (frame.kind === 'truncated')
    return new EvolveError('truncated-frame', `the message ends inside its schema ID: ${frame.length} of ${frameLength} bytes`)
  const empty = frame.kind === 'not-framed' && frame.reason === 'empty'
  return new EvolveError(
    'not-framed',
    empty ? 'the message is empty' : `the message starts with byte ${bytes[0]}, not with the magic byte 0`,
  )
}
