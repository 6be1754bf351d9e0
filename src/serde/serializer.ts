import { type EncodeOptions, type Resolution, type UnknownFieldSet, unknownFields } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import { frameLength } from '../frame/confluent.ts'
import { asEvolveError, located, nameOf } from './failure.ts'
import { wasHandled } from './handled.ts'
import type { MessagePlace } from './place.ts'
import { createRoutes, type Route } from './routes.ts'
import type { TopicSide } from './side.ts'

/** Values of a definition to bytes of one side of a topic. */
export interface Serializer<In = never> {
  /**
   * Writes frame and value; `null` stays `null`. A value that carries unknown fields is written in the schema it was read from, any other in
   * the definition's own, where the topic's `output` says nothing else. A promise only when that schema was never written to this subject before, or
   * to complete an error.
   * @throws EvolveError with topic, side, field path and both schemas; thrown or rejected, whichever the call came to.
   */
  serialize(value: In | null, place?: MessagePlace): Buffer | null | Promise<Buffer | null>
}

/** Which schema a value goes out in is chosen anew for each value; what is chosen from is made once. */
export function createSerializer<In = never>(of: TopicSide): Serializer<In> {
  const { topic, side, subject, definition, versions } = of
  const { policy, output, narrowing, onUnknownFields } = of.sending
  const { codec, schema } = definition
  const routes = createRoutes(of)
  let at: MessagePlace = {}
  const options: EncodeOptions = {
    headroom: frameLength,
    policy,
    narrowing,
    ...(onUnknownFields === undefined ? {} : { onEvent: (event) => onUnknownFields({ topic, side, ...at, ...event }) }),
  }

  const written = (route: Route, value: unknown, place: MessagePlace): Buffer | Promise<Buffer> =>
    routes.write(route, value, options, place)

  /** The route by which a value goes back to its writer; `undefined` when what it carries belongs to another record type. */
  const routeBack = (carried: UnknownFieldSet): Route | undefined => {
    if (carried.resolution.reader === schema) return routes.back(carried.resolution)
    return carried.recordName === definition.name ? routes.back(codec.resolve(carried.resolution.writer, definition)) : undefined
  }

  const encode = (value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    if (policy === 'drop' || output === 'reader') return written(routes.own(), value, place)
    const carried = carriesAtRoot(value) ? codec.carriedBy(value) : undefined
    const back = carried === undefined ? undefined : routeBack(carried)
    return back === undefined ? encodeOwn(value, place) : encodeBack(back, value, place)
  }

  const encodeOwn = (value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    if (policy === 'strict' && wasHandled(definition.name)) refuseRebuilt(definition.name)
    try {
      return written(routes.own(), value, place)
    } catch (error) {
      if (!isLoss(error)) throw error
      // A fresh root around records that carry something: their writer's schema may say all of it.
      const inside = codec.carriedBy(value)
      if (inside === undefined || inside.resolution.reader !== schema) throw error
      refuseFreshRoot(inside.resolution)
      return written(routes.back(inside.resolution), value, place)
    }
  }

  const encodeBack = (back: Route, value: unknown, place: MessagePlace): Buffer | Promise<Buffer> => {
    try {
      return written(back, value, place)
    } catch (error) {
      const other = isLoss(error) && output !== 'writer' ? otherRoute(back.resolution) : undefined
      if (other === undefined) throw error
      try {
        return written(other, value, place)
      } catch {
        throw error
      }
    }
  }

  /** The writer's schema cannot say an edit. The reader's own says it, and loses nothing where it holds all that was read; else a schema of both. */
  const otherRoute = (resolution: Resolution): Route | undefined => {
    if (resolution.relation === 'reader-superset') return routes.own()
    return output === 'merged' ? routes.merged(resolution) : undefined
  }

  /** Names both schemas; their versions matter where something would be lost, and only then are they asked for. */
  const refuse = (stray: unknown, value: unknown, place: MessagePlace): Promise<never> => {
    const error = asEvolveError(stray, 'encoding')
    if (!isLoss(error))
      throw located(error, { topic, side, ...place, reader: versions.label(subject, schema, { name: definition.name }).label })
    const writer = codec.carriedBy(value)?.resolution.writer ?? schema
    const origin = routes.sourceOf(writer)
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
      at = place
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

function refuseRebuilt(name: string): never {
  const problem = `a ${name} made anew is sent while handling one that carries unknown fields`
  const hint =
    'start from the value that was read ({ ...value, … }), or send what is really new outside the handler or to a topic that is not strict'
  throw new EvolveError('unknown-field-loss', problem, { path: '', reason: 'fresh-value', hint })
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
