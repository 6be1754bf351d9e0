import type { Api } from './api.ts'
import { ERROR } from './error-codes.ts'
import { type ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'

/** The one node of the cluster; nothing listens there. */
export const NODE = { id: 0, host: 'in-memory', port: 9092 } as const

const metadata: Api = {
  key: 3,
  version: 6,
  answer(request, { topics }) {
    const named = request.nullableArray((r) => r.string())
    const mayCreate = request.boolean()
    return new ProtocolWriter()
      .int32(0)
      .array([NODE], (w, node) => w.int32(node.id).string(node.host).int32(node.port).string(null))
      .string('in-memory')
      .int32(NODE.id)
      .array(named ?? topics.names(), (w, topic) => {
        w.int16(topics.lookUp(topic, mayCreate)).string(topic).boolean(false)
        w.array((topics.partitions(topic) ?? []).keys(), (p, partition) => {
          p.int16(ERROR.none).int32(partition).int32(NODE.id)
          p.array([NODE.id], (r, id) => r.int32(id))
            .array([NODE.id], (r, id) => r.int32(id))
            .array([], () => undefined)
        })
      })
  },
}

const createTopics: Api = {
  key: 19,
  version: 3,
  answer(request, { topics }) {
    const wanted = request.array((r) => {
      const [topic, partitions, replicas] = [r.string(), r.int32(), r.int16()]
      const assignment = r.array(assignedReplicas)
      r.array((entry) => [entry.string(), entry.nullableString()])
      return { topic, partitions: assignment.length > 0 ? assignment.length : partitions, replicas }
    })
    request.int32()
    const validateOnly = request.boolean()
    return new ProtocolWriter().int32(0).array(wanted, (w, { topic, partitions, replicas }) => {
      const error = replicas > 1 || replicas === 0 ? ERROR.invalidReplicationFactor : topics.create(topic, partitions, validateOnly)
      w.string(topic).int16(error).string(null)
    })
  },
}

const deleteTopics: Api = {
  key: 20,
  version: 1,
  answer(request, { topics, groups }) {
    const names = request.array((r) => r.string())
    return new ProtocolWriter().int32(0).array(names, (w, topic) => {
      groups.forgetTopic(topic)
      w.string(topic).int16(topics.delete(topic))
    })
  },
}

const createPartitions: Api = {
  key: 37,
  version: 1,
  answer(request, { topics }) {
    const wanted = request.array((r) => {
      const [topic, count] = [r.string(), r.int32()]
      r.nullableArray((assignment) => assignment.array((replica) => replica.int32()))
      return { topic, count }
    })
    request.int32()
    const validateOnly = request.boolean()
    return new ProtocolWriter().int32(0).array(wanted, (w, { topic, count }) => {
      w.string(topic)
        .int16(topics.grow(topic, count, validateOnly))
        .string(null)
    })
  },
}

const deleteRecords: Api = {
  key: 21,
  version: 1,
  answer(request, { topics }) {
    const wanted = request.array((r) => ({
      topic: r.string(),
      partitions: r.array((p) => ({ partition: p.int32(), offset: p.int64() })),
    }))
    return new ProtocolWriter().int32(0).array(wanted, (w, { topic, partitions }) => {
      w.string(topic).array(partitions, (p, { partition, offset }) => {
        const log = topics.partition(topic, partition)
        const end = offset === -1n ? (log?.nextOffset ?? 0) : Number(offset)
        let error: number = log === undefined ? ERROR.unknownTopicOrPartition : ERROR.none
        if (log !== undefined && (end < 0 || end > log.nextOffset)) error = ERROR.offsetOutOfRange
        if (error === ERROR.none) log?.deleteBefore(end)
        p.int32(partition)
          .int64(error === ERROR.none ? (log?.startOffset ?? 0) : -1)
          .int16(error)
      })
    })
  },
}

function assignedReplicas(request: ProtocolReader): number {
  const partition = request.int32()
  request.array((replica) => replica.int32())
  return partition
}

/** Requests about topics as a whole. */
export const TOPIC_APIS: readonly Api[] = [metadata, createTopics, deleteTopics, createPartitions, deleteRecords]
