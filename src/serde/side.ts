import type { Logger } from 'pino'
import type { Definition } from '../codec/codec.ts'
import type { MessageSide } from '../transport/message.ts'
import type { Sending } from './sending.ts'
import type { SubjectVersions } from './subject-versions.ts'
import type { WriterSchemas } from './writer-schemas.ts'

/** What the serdes of all topics share. */
export interface SerdeContext {
  readonly writers: WriterSchemas
  readonly versions: SubjectVersions
  readonly logger: Logger
}

/** One side of one topic: what its serializer and its deserializer work with. */
export interface TopicSide extends SerdeContext {
  readonly topic: string
  readonly side: MessageSide
  readonly subject: string
  readonly definition: Definition
  readonly sending: Sending
}
