import type { Representation } from '../../../resolution/representation.ts'
import { parseSchema } from '../../../schema/parse.ts'
import { choicesOf } from '../choices.ts'
import { AvroResolution } from '../resolution.ts'

/** Puts a pair of schemas together for reading and writing. */
export type MakePair = (writer: string | object, reader: string | object, choices?: Partial<Representation>) => AvroResolution

/** Walks the plan for every value, however many there are. */
export const walking: MakePair = (writer, reader, choices) =>
  new AvroResolution(parseSchema(writer), parseSchema(reader), choicesOf(choices), Number.POSITIVE_INFINITY)

/** Runs code made for the pair from the first value on. */
export const compiled: MakePair = (writer, reader, choices) => {
  const resolution = new AvroResolution(parseSchema(writer), parseSchema(reader), choicesOf(choices))
  resolution.warmUp()
  return resolution
}

/** Both ways, for tests that hold for either. */
export const engines: readonly (readonly [string, MakePair])[] = [
  ['walked', walking],
  ['compiled', compiled],
]
