import type { Cursor } from './cursor.ts'
import { readJson } from './json-value.ts'
import type { JsonValue, Properties } from './model.ts'
import { failAt, type Place } from './place.ts'

/** `@name(value)`. */
export interface Annotation {
  readonly name: string
  readonly value: JsonValue
  readonly place: Place
}

/** What a thing has besides custom properties; an annotation of that name sets it where the thing has it. */
export interface Meaning {
  readonly namespace?: boolean
  readonly aliases?: boolean
  readonly order?: boolean
  /** Names that no custom property may have: those of its own attributes in JSON. */
  readonly reserved: readonly string[]
}

/** Annotations by what they mean. */
export interface Annotated {
  readonly namespace: string | undefined
  readonly aliases: readonly string[]
  readonly order: string | undefined
  readonly properties: Properties
}

const TYPE_RESERVED: readonly string[] = ['doc', 'fields', 'items', 'name', 'namespace', 'size', 'symbols', 'values', 'type', 'aliases']

/** What annotations mean, for each thing that may have them. */
export const meanings: Readonly<Record<'protocol' | 'named' | 'enum' | 'type' | 'field' | 'message', Meaning>> = {
  protocol: { namespace: true, reserved: ['namespace', 'protocol', 'doc', 'messages', 'types', 'errors'] },
  named: { namespace: true, aliases: true, reserved: TYPE_RESERVED },
  enum: { namespace: true, aliases: true, reserved: [...TYPE_RESERVED, 'default'] },
  type: { reserved: TYPE_RESERVED },
  field: { aliases: true, order: true, reserved: ['default', 'doc', 'name', 'order', 'type', 'aliases'] },
  message: { reserved: ['doc', 'response', 'request', 'errors', 'one-way'] },
}

/** Reads the annotations that stand next, in their order. */
export function readAnnotations(cursor: Cursor): Annotation[] {
  const annotations: Annotation[] = []
  while (cursor.takeSign('@')) {
    const { name, place } = cursor.identifier('the name of an annotation')
    cursor.expectSign('(')
    annotations.push({ name, value: readJson(cursor), place })
    cursor.expectSign(')')
  }
  return annotations
}

/** Sorts annotations by what they mean. The last of one name counts. @throws EvolveError `invalid-schema` with the place. */
export function sortAnnotations(annotations: readonly Annotation[], meaning: Meaning): Annotated {
  let namespace: string | undefined
  let aliases: readonly string[] = []
  let order: string | undefined
  const properties: Properties = new Map()
  for (const { name, value, place } of annotations) {
    if (meaning.namespace === true && name === 'namespace') {
      namespace = typeof value === 'string' ? value : failAt(place, '@namespace takes a string')
    } else if (meaning.aliases === true && name === 'aliases') {
      aliases = isStrings(value) ? value : failAt(place, '@aliases takes a list of strings')
    } else if (meaning.order === true && name === 'order') {
      order = orderOf(value) ?? failAt(place, '@order takes "ascending", "descending" or "ignore"')
    } else if (meaning.reserved.includes(name)) {
      failAt(place, `@${name} has no place here: JSON has an attribute of that name`)
    } else {
      properties.set(name, value)
    }
  }
  return { namespace, aliases, order, properties }
}

/** Adds custom properties to those that a type has. @throws EvolveError `invalid-schema` where one is there with another value. */
export function addProperties(type: Properties, annotations: readonly Annotation[]): void {
  const { properties } = sortAnnotations(annotations, meanings.type)
  for (const [name, value] of properties) {
    if (type.has(name) && type.get(name) !== value) {
      const place = annotations.find((annotation) => annotation.name === name)?.place as Place
      failAt(place, `@${name} says something else than the type itself`)
    }
    type.set(name, value)
  }
}

/**
 * Writes out the scale of a decimal that has none, as Java does where the logical type is well-formed
 * (Apache Avro 1.12, "Decimal").
 * @param size bytes of a fixed; `undefined` for `bytes`.
 */
export function completeDecimal(properties: Properties, size?: number): void {
  if (properties.get('logicalType') !== 'decimal' || properties.has('scale')) return
  const precision = properties.get('precision')
  const most = size === undefined ? 0x7fffffff : Math.floor(Math.log10(2) * (8 * size - 1))
  if (typeof precision === 'number' && Number.isInteger(precision) && precision >= 1 && precision <= most) properties.set('scale', 0)
}

function orderOf(value: JsonValue): string | undefined {
  const order = typeof value === 'string' ? value.toLowerCase() : ''
  return ['ascending', 'descending', 'ignore'].includes(order) ? order : undefined
}

function isStrings(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
