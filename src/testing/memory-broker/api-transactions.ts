import type { Api } from './api.ts'
import { answerCommits, readCommits } from './api-groups.ts'
import { ERROR } from './error-codes.ts'
import { type ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'
import type { ProducerIdentity } from './transactions.ts'

const initProducerId: Api = {
  key: 22,
  version: 1,
  answer(request, { transactions }) {
    const { producerId, epoch } = transactions.start(request.nullableString(), request.int32())
    return new ProtocolWriter().int32(0).int16(ERROR.none).int64(producerId).int16(epoch)
  },
}

const addPartitionsToTxn: Api = {
  key: 24,
  version: 1,
  answer(request, { transactions }) {
    const [transactionalId, who] = [request.string(), identity(request)]
    const topics = request.array((r) => ({ topic: r.string(), partitions: r.array((p) => p.int32()) }))
    const flat = topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
    const errors = transactions.addPartitions(transactionalId, who, flat).values()
    return new ProtocolWriter().int32(0).array(topics, (w, { topic, partitions }) => {
      w.string(topic).array(partitions, (p, partition) => p.int32(partition).int16(errors.next().value ?? ERROR.none))
    })
  },
}

const addOffsetsToTxn: Api = {
  key: 25,
  version: 1,
  answer(request, { transactions }) {
    const [transactionalId, who, groupId] = [request.string(), identity(request), request.string()]
    return new ProtocolWriter().int32(0).int16(transactions.addGroup(transactionalId, who, groupId))
  },
}

const txnOffsetCommit: Api = {
  key: 28,
  version: 1,
  answer(request, { transactions }) {
    const [transactionalId, groupId, who] = [request.string(), request.string(), identity(request)]
    return answerCommits(readCommits(request), (commit) => transactions.addOffsets(transactionalId, who, groupId, [commit]))
  },
}

const endTxn: Api = {
  key: 26,
  version: 1,
  answer(request, { transactions }) {
    const [transactionalId, who] = [request.string(), identity(request)]
    const error = transactions.end(transactionalId, who, request.boolean() ? 'commit' : 'abort')
    return new ProtocolWriter().int32(0).int16(error)
  },
}

function identity(request: ProtocolReader): ProducerIdentity {
  return { producerId: request.int64(), epoch: request.int16() }
}

/** Requests of transactions. */
export const TRANSACTION_APIS: readonly Api[] = [initProducerId, addPartitionsToTxn, addOffsetsToTxn, txnOffsetCommit, endTxn]
