import type { EncodeOptions, Resolution } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import { writeFrame } from '../frame/confluent.ts'
import { remember } from '../schema/remember.ts'
import type { SchemaText } from '../schema/text.ts'
import { asEvolveError, located, nameOf } from './failure.ts'
import type { MessagePlace } from './place.ts'
import type { TopicSide } from './side.ts'

/** A schema to write in, and its ID in the output subject once that is known. */
export interface Route {
  readonly resolution: Resolution
  /** What the bytes are in: the resolution's writer schema. */
  readonly schema: object
  readonly kind: 'own' | 'writer' | 'merged'
  id: number | undefined
}

/** The schemas that values of one side of a topic are written in. Each is resolved once, its ID asked for once. */
export interface Routes {
  /** The definition's own schema. */
  own(): Route
  /** Back to the writer, by the pair that a value was read under. */
  back(resolution: Resolution): Route
  /** The writer's schema with the fields that only the definition has; `undefined` where there is no such schema. */
  merged(resolution: Resolution): Route | undefined
  /** Frame and value. A promise only when the schema was never written to this subject before. */
  write(route: Route, value: unknown, options: EncodeOptions, place: MessagePlace): Buffer | Promise<Buffer>
  /** Where a schema that is written in comes from. */
  sourceOf(schema: object): { readonly source: SchemaText; readonly id?: number | undefined } | undefined
}

const registerFirst = 'register it with `schemas.register()` when you deploy, or set `autoRegister: true`'
const registerWriters = 'register the schema of the messages that come in under the subject they go out to, or set `autoRegister: true`'
const registerMerged =
  'set `autoRegister: true`, so that the merged schema may be registered, or register a version that has the fields of both'
const hints: Readonly<Record<Route['kind'], string>> = { own: registerFirst, writer: registerWriters, merged: registerMerged }

export function createRoutes({ topic, side, subject, definition, writers, versions }: TopicSide): Routes {
  const { codec } = definition
  const routes = new WeakMap<Resolution, Route>()
  const mergedRoutes = new WeakMap<Resolution, { readonly route: Route | undefined }>()
  const mergedSources = new WeakMap<object, SchemaText>()
  let ownRoute: Route | undefined

  const route = (resolution: Resolution, kind: Route['kind']): Route => ({ resolution, schema: resolution.writer, kind, id: undefined })

  const merge = (resolution: Resolution): Route | undefined => {
    const merged = codec.merge?.(resolution.writer, definition)
    if (merged === undefined) return undefined
    const { format, references } = sourceOf(resolution.writer)?.source ?? definition.source
    mergedSources.set(merged.schema, references === undefined ? { format, text: merged.text } : { format, text: merged.text, references })
    return route(codec.resolve(merged.schema, definition), 'merged')
  }

  const sourceOf: Routes['sourceOf'] = (schema) => {
    if (schema === definition.schema) return { source: definition.source }
    const merged = mergedSources.get(schema)
    if (merged !== undefined) return { source: merged }
    const text = codec.textOf?.(schema)
    return writers.sourceOf(schema) ?? (text === undefined ? undefined : { source: { format: codec.format, text } })
  }

  const identified = async (route: Route, buffer: Buffer, place: MessagePlace): Promise<Buffer> => {
    const { schema, kind } = route
    const known = sourceOf(schema)
    try {
      if (known === undefined) throw new EvolveError('schema-not-in-subject', 'the value was read with a schema that came from no registry')
      route.id = (await versions.find(subject, schema, known.source)).id
      writeFrame(buffer, route.id)
      return buffer
    } catch (error) {
      const failure = asEvolveError(error, 'finding the schema ID', 'registry-unavailable')
      const label = { name: kind === 'own' ? definition.name : nameOf(schema), id: known?.id }
      const hint = failure.code === 'schema-not-in-subject' ? hints[kind] : undefined
      throw located(failure, { topic, side, ...place, subject, writer: label, reader: { name: definition.name }, hint })
    }
  }

  return {
    own: () => (ownRoute ??= route(codec.resolve(definition.schema, definition), 'own')),
    back: (resolution) => remember(routes, resolution, () => route(resolution, 'writer')),
    merged: (resolution) => remember(mergedRoutes, resolution, () => ({ route: merge(resolution) })).route,
    write: (route, value, options, place) => {
      const buffer = route.resolution.encode(value as never, options)
      route.id ??= versions.peek(subject, route.schema)?.id
      if (route.id === undefined) return identified(route, buffer, place)
      writeFrame(buffer, route.id)
      return buffer
    },
    sourceOf,
  }
}
