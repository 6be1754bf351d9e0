import type { Api } from './api.ts'
import { NODE } from './api-topics.ts'
import { ERROR } from './error-codes.ts'
import type { OffsetCommit } from './groups.ts'
import { type ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'

const findCoordinator: Api = {
  key: 10,
  version: 2,
  answer: () => new ProtocolWriter().int32(0).int16(ERROR.none).string(null).int32(NODE.id).string(NODE.host).int32(NODE.port),
}

const joinGroup: Api = {
  key: 11,
  version: 5,
  async answer(request, { groups }, clientId) {
    const groupId = request.string()
    const [sessionTimeout, rebalanceTimeout] = [request.int32(), request.int32()]
    const memberId = request.string()
    request.nullableString()
    const protocolType = request.string()
    const protocols = request.array((r) => ({ name: r.string(), metadata: Buffer.from(r.bytes()) }))
    const { membership } = groups.get(groupId)
    const joined = await membership.join({ memberId, clientId, sessionTimeout, rebalanceTimeout, protocolType, protocols })
    return new ProtocolWriter()
      .int32(0)
      .int16(joined.error)
      .int32(joined.generation)
      .string(joined.protocol)
      .string(joined.leaderId)
      .string(joined.memberId)
      .array(joined.members, (w, member) => w.string(member.memberId).string(null).bytes(member.metadata))
  },
}

const syncGroup: Api = {
  key: 14,
  version: 3,
  async answer(request, { groups }) {
    const [groupId, generation, memberId] = [request.string(), request.int32(), request.string()]
    request.nullableString()
    const assignments = new Map(request.array((r): [string, Buffer] => [r.string(), r.bytes()]))
    const { error, assignment } = await groups.get(groupId).membership.sync(memberId, generation, assignments)
    return new ProtocolWriter().int32(0).int16(error).bytes(assignment)
  },
}

const heartbeat: Api = {
  key: 12,
  version: 3,
  answer(request, { groups }) {
    const [groupId, generation, memberId] = [request.string(), request.int32(), request.string()]
    return new ProtocolWriter().int32(0).int16(groups.get(groupId).membership.heartbeat(memberId, generation))
  },
}

const leaveGroup: Api = {
  key: 13,
  version: 3,
  answer(request, { groups }) {
    const { membership } = groups.get(request.string())
    const members = request.array((r) => ({ memberId: r.string(), instance: r.nullableString() }))
    return new ProtocolWriter()
      .int32(0)
      .int16(ERROR.none)
      .array(members, (w, { memberId, instance }) => {
        w.string(memberId).string(instance).int16(membership.leave(memberId))
      })
  },
}

const offsetCommit: Api = {
  key: 8,
  version: 5,
  answer(request, { groups, topics }) {
    const group = groups.get(request.string())
    const [generation, memberId] = [request.int32(), request.string()]
    const refusal = group.membership.mayCommit(memberId, generation)
    return answerCommits(readCommits(request), (commit) => {
      if (refusal !== ERROR.none) return refusal
      if (topics.partition(commit.topic, commit.partition) === undefined) return ERROR.unknownTopicOrPartition
      group.commit(commit)
      return ERROR.none
    })
  },
}

const offsetFetch: Api = {
  key: 9,
  version: 4,
  answer(request, { groups }) {
    const group = groups.get(request.string())
    const asked = request.nullableArray((r) => ({ topic: r.string(), partitions: r.array((p) => p.int32()) }))
    return new ProtocolWriter()
      .int32(0)
      .array(asked ?? group.allCommitted(), (w, { topic, partitions }) => {
        w.string(topic).array(partitions, (p, partition) => {
          const committed = group.committed(topic, partition)
          p.int32(partition)
            .int64(committed?.offset ?? -1)
            .string(committed === undefined ? '' : committed.metadata)
            .int16(ERROR.none)
        })
      })
      .int16(ERROR.none)
  },
}

const describeGroups: Api = {
  key: 15,
  version: 2,
  answer(request, { groups }) {
    const ids = request.array((r) => r.string())
    return new ProtocolWriter().int32(0).array(ids, (w, groupId) => {
      const membership = groups.find(groupId)?.membership
      w.int16(ERROR.none)
        .string(groupId)
        .string(membership?.state ?? 'Dead')
      w.string(membership?.protocolType ?? '').string(membership?.protocol ?? '')
      w.array(membership?.members() ?? [], (m, member) => {
        m.string(member.memberId).string(member.clientId).string(`/${NODE.host}`).bytes(member.metadata).bytes(member.assignment)
      })
    })
  },
}

const listGroups: Api = {
  key: 16,
  version: 2,
  answer: (_request, { groups }) =>
    new ProtocolWriter()
      .int32(0)
      .int16(ERROR.none)
      .array(groups.ids(), (w, groupId) => {
        w.string(groupId).string(groups.find(groupId)?.membership.protocolType ?? '')
      }),
}

const deleteGroups: Api = {
  key: 42,
  version: 1,
  answer(request, { groups }) {
    const ids = request.array((r) => r.string())
    return new ProtocolWriter().int32(0).array(ids, (w, groupId) => w.string(groupId).int16(groups.delete(groupId)))
  },
}

/** Reads the partitions of an offset commit, flat. */
export function readCommits(request: ProtocolReader): OffsetCommit[] {
  return request
    .array((r) => {
      const topic = r.string()
      return r.array((p) => ({ topic, partition: p.int32(), offset: p.int64(), metadata: p.nullableString() }))
    })
    .flat()
}

/** Answers an offset commit with an error code for each partition. */
export function answerCommits(commits: readonly OffsetCommit[], commit: (commit: OffsetCommit) => number): ProtocolWriter {
  const byTopic = new Map<string, OffsetCommit[]>()
  for (const one of commits) byTopic.set(one.topic, [...(byTopic.get(one.topic) ?? []), one])
  return new ProtocolWriter().int32(0).array(byTopic, (w, [topic, partitions]) => {
    w.string(topic).array(partitions, (p, one) => p.int32(one.partition).int16(commit(one)))
  })
}

/** Requests of consumer groups. */
export const GROUP_APIS: readonly Api[] = [
  findCoordinator,
  joinGroup,
  syncGroup,
  heartbeat,
  leaveGroup,
  offsetCommit,
  offsetFetch,
  describeGroups,
  listGroups,
  deleteGroups,
]
