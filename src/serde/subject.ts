import type { MessageSide } from '../transport/message.ts'

/** Names the subject under which the schemas of one side of a topic are registered. */
export type SubjectNameStrategy = (topic: string, side: MessageSide, recordName: string) => string

/** `orders-key` and `orders-value`: one line of versions for each side of each topic. The default, here and in Confluent's serializers. */
export const topicNameStrategy: SubjectNameStrategy = (topic, side) => `${topic}-${side}`

/** `shop.Order`: one line of versions for each record type, wherever it is used. */
export const recordNameStrategy: SubjectNameStrategy = (_topic, _side, recordName) => recordName

/** `orders-shop.Order`: one line of versions for each record type of each topic. */
export const topicRecordNameStrategy: SubjectNameStrategy = (topic, _side, recordName) => `${topic}-${recordName}`
