import { type Resolution, type UnknownFieldSet, unknownFields } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import { frameLength, writeFrame } from '../frame/confluent.ts'
import { asEvolveError, located, nameOf } from './failure.ts'
import type { MessagePlace, TopicSide } from './side.ts'

/** Values of a definition to bytes of one side of a topic. */
export interface Serializer<In = never> {
  /**
   * Writes frame and value; `null` stays `null`. A value that carries unknown fields is written in the schema it was read from, any other in
   * the definition's own. A promise only when that schema was never written to this subject before, or to complete an error.
   * @throws EvolveError with topic, side, field path and both schemas; thrown or rejected, whichever the call came to.
   */
  serialize(value: In | null, place?: MessagePlace): Buffer | null | Promise<Buffer | null>
}

/** A schema to write in, and its ID in the output subject once that is known. */
interface Route {
  readonly resolution: Resolution
  id: number | undefined
}

/** Room for the frame in front of what is encoded. */
const framed = Object.freeze({ headroom: frameLength })

const registerFirst = 'register it with `schemas.register()` when you deploy, or set `autoRegister: true`'
const registerWriters = 'register the schema of the messages that come in under the subject they go out to, or set `autoRegister: true`'

/** The routes are resolved once; the ID of each is asked for once. */
export function createSerializer<In = never>(of: TopicSide): Serializer<In> {
  const { topic, side, subject, definition, writers, versions } = of
  const { codec, schema } = definition
  const routes = new WeakMap<Resolution, Route>()
  let ownRoute: Route | undefined

  const own = (): Route => {
    ownRoute ??= { resolution: codec.resolve(schema, definition), id: undefined }
    return ownRoute
  }
  const routeOf = (resolution: Resolution): Route => {
    const route = routes.get(resolution) ?? { resolution, id: undefined }
    routes.set(resolution, route)
    return route
  }
  /** The route by which a value goes back to its writer; `undefined` when what it carries belongs to another record type. */
  const routeBack = (carried: UnknownFieldSet): Route | undefined => {
    if (carried.resolution.reader === schema) return routeOf(carried.resolution)
    return carried.recordName === definition.name ? routeOf(codec.resolve(carried.resolution.writer, definition)) : undefined
  }

  const writtenIn = (route: Route): object => (route === ownRoute ? schema : route.resolution.writer)

  const written = (route: Route, value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    const buffer = route.resolution.encode(value as never, framed)
    route.id ??= versions.peek(subject, writtenIn(route))?.id
    if (route.id === undefined) return identified(route, buffer, place)
    writeFrame(buffer, route.id)
    return buffer
  }

  const identified = async (route: Route, buffer: Buffer, place: MessagePlace): Promise<Buffer> => {
    const isOwn = route === ownRoute
    const writer = writtenIn(route)
    const known = isOwn ? { source: definition.source, id: undefined } : writers.sourceOf(writer)
    try {
      if (known === undefined) throw new EvolveError('schema-not-in-subject', 'the value was read with a schema that came from no registry')
      route.id = (await versions.find(subject, writer, known.source)).id
      writeFrame(buffer, route.id)
      return buffer
    } catch (error) {
      const failure = asEvolveError(error, 'finding the schema ID', 'registry-unavailable')
      const label = { name: isOwn ? definition.name : nameOf(writer), id: known?.id }
      const hint = failure.code === 'schema-not-in-subject' ? (isOwn ? registerFirst : registerWriters) : undefined
      throw located(failure, { topic, side, ...place, subject, writer: label, reader: { name: definition.name }, hint })
    }
  }

  const encode = (value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    const carried = carriesAtRoot(value) ? codec.carriedBy(value) : undefined
    const back = carried === undefined ? undefined : routeBack(carried)
    return back === undefined ? encodeOwn(value, place) : encodeBack(back, value, place)
  }

  const encodeOwn = (value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    try {
      return written(own(), value, place)
    } catch (error) {
      if (!isLoss(error)) throw error
      // A fresh root around records that carry something: their writer's schema may say all of it.
      const inside = codec.carriedBy(value)
      if (inside === undefined || inside.resolution.reader !== schema) throw error
      refuseFreshRoot(inside.resolution)
      return written(routeOf(inside.resolution), value, place)
    }
  }

  const encodeBack = (back: Route, value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    try {
      return written(back, value, place)
    } catch (error) {
      // The writer's schema cannot say an edit. The reader's own says it, and loses nothing where it holds all that was read.
      if (!isLoss(error) || back.resolution.relation !== 'reader-superset') throw error
      try {
        return written(own(), value, place)
      } catch {
        throw error
      }
    }
  }

  /** Names both schemas; their versions matter where something would be lost, and only then are they asked for. */
  const refuse = (stray: unknown, value: unknown, place: MessagePlace): Promise<never> => {
    const error = asEvolveError(stray, 'encoding')
    if (!isLoss(error))
      throw located(error, { topic, side, ...place, reader: versions.label(subject, schema, { name: definition.name }).label })
    const writer = codec.carriedBy(value)?.resolution.writer ?? schema
    const origin = writer === schema ? { source: definition.source, id: undefined } : writers.sourceOf(writer)
    const describe = (): EvolveError =>
      located(error, {
        topic,
        side,
        ...place,
        reader: versions.label(subject, schema, { name: definition.name }).label,
        writer: versions.label(subject, writer, { name: nameOf(writer), id: origin?.id }).label,
      })
    if (versions.label(subject, schema, {}).settled && versions.label(subject, writer, {}).settled) throw describe()
    const asked = [versions.describe(subject, schema, definition.source), versions.describe(subject, writer, origin?.source)]
    return Promise.all(asked).then(() => Promise.reject(describe()))
  }

  return {
    serialize: (value, place = {}) => {
      if (value === null) return null
      try {
        return encode(value, place)
      } catch (error) {
        return refuse(error, value, place)
      }
    },
  }
}

function carriesAtRoot(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { readonly [unknownFields]?: unknown })[unknownFields] !== undefined
}

function isLoss(error: unknown): boolean {
  return error instanceof EvolveError && error.code === 'unknown-field-loss'
}

/**
 * Parts of a message in a root made anew: what the message's own root carried is not there, and the writer's defaults in
 * its place would be a loss without a word.
 */
function refuseFreshRoot({ divergences }: Resolution): void {
  const unknown = divergences.find(({ kind, path }) => kind === 'writer-only' && path.lastIndexOf('/') === 0)
  if (unknown === undefined) return
  throw new EvolveError(
    'unknown-field-loss',
    'the value was made anew around records that were read, without what the message itself carries',
    {
      path: unknown.path,
      reason: 'no-source',
      hint: 'start from the value that was read: { ...value, … }',
    },
  )
}
