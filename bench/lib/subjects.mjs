import avsc from 'avsc'
import { frame } from './check.mjs'

/** More than two bytes long, as IDs of an old registry are. */
const FIRST_ID = 100_001

/** Payloads with schema IDs, topics and messages: what the contenders are given. */
export function subjectsOf(payloads) {
  return payloads.map((payload, index) => {
    const [idV1, idV2] = [FIRST_ID + 2 * index, FIRST_ID + 2 * index + 1]
    const { size, v1, v2, value, newer } = payload
    return {
      ...payload,
      idV1,
      idV2,
      topicV1: `old-${size}`,
      topicV2: `new-${size}`,
      framedV1: frame(idV1, avsc.Type.forSchema(v1).toBuffer(value)),
      framedV2: frame(idV2, avsc.Type.forSchema(v2).toBuffer(newer)),
    }
  })
}

/** What a registry holds for them. For `topicV1` the reader's schema is the latest: Confluent's deserializer reads as the latest version only. */
export function registryContent(subjects) {
  const content = subjects.flatMap(({ topicV1, topicV2, idV1, idV2, v1, v2 }) => {
    const [first, second] = [
      { id: idV1, schema: v1 },
      { id: idV2, schema: v2 },
    ]
    return [
      [`${topicV1}-value`, [second, first]],
      [`${topicV2}-value`, [first, second]],
    ]
  })
  return Object.fromEntries(content)
}
