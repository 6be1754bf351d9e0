import { posix } from 'node:path'
import { recordNameStrategy, topicNameStrategy, topicRecordNameStrategy } from '../../serde/subject.ts'
import type { MessageSide } from '../../transport/message.ts'
import type { SubjectStrategy } from './config/gate-config.ts'
import type { GateSchema } from './model.ts'

/** Names the subjects of schemas: those of a map, and for the others one by a strategy. */
export class SubjectNames {
  readonly #strategy: SubjectStrategy
  readonly #named: ReadonlyMap<string, string>

  /** @param named by subject the file, or the part of a file. */
  constructor(strategy: SubjectStrategy, named: ReadonlyMap<string, string>) {
    this.#strategy = strategy
    this.#named = named
  }

  /** Whether the map names the schema. */
  isNamed(schema: GateSchema): boolean {
    return [...this.#named.values()].some((target) => isMeant(target, schema))
  }

  /** Subjects of the map that none of the schemas is meant by. */
  missing(schemas: readonly GateSchema[]): readonly (readonly [subject: string, target: string])[] {
    return [...this.#named].filter(([, target]) => !schemas.some((schema) => isMeant(target, schema)))
  }

  /** Every schema has one at least. */
  of(schema: GateSchema): readonly string[] {
    const named = [...this.#named].filter(([, target]) => isMeant(target, schema)).map(([subject]) => subject)
    return named.length > 0 ? named : [byStrategy(this.#strategy, schema)]
  }
}

function isMeant(target: string, { file, key }: GateSchema): boolean {
  return target === key || target === file
}

function byStrategy(strategy: SubjectStrategy, schema: GateSchema): string {
  // A file that states several names each after its part.
  const stem = schema.part ?? posix.basename(schema.file).replace(/\.[^.]+$/, '')
  const side: MessageSide = stem.endsWith('-key') ? 'key' : 'value'
  const topic = stem.replace(/-(key|value)$/, '')
  const record = 'name' in schema.schema ? schema.schema.name : topic
  switch (strategy) {
    case 'file':
      return stem
    case 'record':
      return recordNameStrategy(topic, side, record)
    case 'topic-record':
      return topicRecordNameStrategy(topic, side, record)
    default:
      return topicNameStrategy(topic, side, record)
  }
}
