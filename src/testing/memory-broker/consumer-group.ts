import { randomUUID } from 'node:crypto'
import { ERROR } from './error-codes.ts'

/** A way to assign partitions that a member offers, with its subscription; opaque to the broker. */
export interface GroupProtocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface JoinRequest {
  /** Empty for a member that is new. */
  readonly memberId: string
  readonly clientId: string
  /** Milliseconds without a heartbeat after which the member is out. */
  readonly sessionTimeout: number
  /** Milliseconds that a rebalance waits for the member. */
  readonly rebalanceTimeout: number
  readonly protocolType: string
  readonly protocols: readonly GroupProtocol[]
}

export interface JoinAnswer {
  readonly error: number
  readonly generation: number
  readonly protocol: string
  readonly leaderId: string
  readonly memberId: string
  /** Filled for the leader alone. */
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[]
}

export interface SyncAnswer {
  readonly error: number
  readonly assignment: Buffer
}

/** One member as `DescribeGroups` shows it. */
export interface GroupMember {
  readonly memberId: string
  readonly clientId: string
  readonly metadata: Buffer
  readonly assignment: Buffer
}

type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

interface Member {
  readonly id: string
  request: JoinRequest
  assignment: Buffer
  /** Puts the member out when no heartbeat comes. */
  readonly session: NodeJS.Timeout
  join: ((answer: JoinAnswer) => void) | undefined
  sync: ((answer: SyncAnswer) => void) | undefined
}

const NOTHING: Buffer = Buffer.alloc(0)

/**
 * The membership of one consumer group: Kafka's classic protocol with eager rebalancing ("Client-side Assignment Proposal"
 * and `GroupCoordinator`). A rebalance waits for all members, then the leader assigns.
 */
export class ConsumerGroup {
  state: GroupState = 'Empty'
  generation = 0
  protocolType = ''
  protocol = ''
  #leaderId = ''
  #deadline: NodeJS.Timeout | undefined
  readonly #members = new Map<string, Member>()

  members(): GroupMember[] {
    return [...this.#members.values()].map(({ id, request, assignment }) => ({
      memberId: id,
      clientId: request.clientId,
      metadata: metadataOf(request, this.protocol),
      assignment,
    }))
  }

  /** Answers when the rebalance that this starts, or joins, is complete. */
  join(request: JoinRequest): Promise<JoinAnswer> {
    const known = this.#members.get(request.memberId)
    if (request.memberId !== '' && known === undefined) return Promise.resolve(refusedJoin(ERROR.unknownMemberId, request.memberId))
    if (!this.#sharesProtocol(request)) return Promise.resolve(refusedJoin(ERROR.inconsistentGroupProtocol, request.memberId))
    const member = known ?? this.#admit(request)
    member.request = request
    member.session.refresh()
    return new Promise((resolve) => {
      member.join?.(refusedJoin(ERROR.unknownMemberId, member.id))
      member.join = resolve
      if (this.state === 'PreparingRebalance') this.#completeJoin()
      else this.#prepare()
    })
  }

  /** Hands in the leader's assignments; answers each member with its own once they are there. */
  sync(memberId: string, generation: number, assignments: ReadonlyMap<string, Buffer>): Promise<SyncAnswer> {
    const member = this.#members.get(memberId)
    const error = this.#standing(memberId, generation)
    if (member === undefined || error !== ERROR.none) return Promise.resolve({ error, assignment: NOTHING })
    if (this.state === 'PreparingRebalance') return Promise.resolve({ error: ERROR.rebalanceInProgress, assignment: NOTHING })
    member.session.refresh()
    if (this.state === 'Stable') return Promise.resolve({ error: ERROR.none, assignment: member.assignment })
    return new Promise((resolve) => {
      member.sync = resolve
      if (memberId !== this.#leaderId) return
      this.state = 'Stable'
      for (const other of this.#members.values()) {
        other.assignment = Buffer.from(assignments.get(other.id) ?? NOTHING)
        other.sync?.({ error: ERROR.none, assignment: other.assignment })
        other.sync = undefined
      }
    })
  }

  /** @returns an error code; `rebalanceInProgress` tells the member to join again. */
  heartbeat(memberId: string, generation: number): number {
    const error = this.#standing(memberId, generation)
    if (error !== ERROR.none) return error
    this.#members.get(memberId)?.session.refresh()
    return this.state === 'PreparingRebalance' ? ERROR.rebalanceInProgress : ERROR.none
  }

  /** Whether this member may commit offsets now. A commit from outside (no member) is allowed while the group is empty. */
  mayCommit(memberId: string, generation: number): number {
    if (generation < 0 && this.state === 'Empty') return ERROR.none
    const error = this.#standing(memberId, generation)
    if (error !== ERROR.none) return error
    this.#members.get(memberId)?.session.refresh()
    return this.state === 'CompletingRebalance' ? ERROR.rebalanceInProgress : ERROR.none
  }

  leave(memberId: string): number {
    const member = this.#members.get(memberId)
    if (member === undefined) return ERROR.unknownMemberId
    clearTimeout(member.session)
    this.#members.delete(memberId)
    member.join?.(refusedJoin(ERROR.unknownMemberId, memberId))
    member.sync?.({ error: ERROR.unknownMemberId, assignment: NOTHING })
    if (this.state === 'PreparingRebalance') this.#completeJoin()
    else this.#prepare()
    return ERROR.none
  }

  #standing(memberId: string, generation: number): number {
    if (!this.#members.has(memberId)) return ERROR.unknownMemberId
    return generation === this.generation ? ERROR.none : ERROR.illegalGeneration
  }

  #admit(request: JoinRequest): Member {
    const id = `${request.clientId}-${randomUUID()}`
    const session = setTimeout(() => {
      // One that waits for the others is alive; the rebalance has a limit of its own.
      if (member.join === undefined && member.sync === undefined) this.leave(id)
      else session.refresh()
    }, request.sessionTimeout).unref()
    const member: Member = { id, request, assignment: NOTHING, session, join: undefined, sync: undefined }
    this.#members.set(id, member)
    return member
  }

  #prepare(): void {
    this.state = 'PreparingRebalance'
    for (const member of this.#members.values()) {
      member.sync?.({ error: ERROR.rebalanceInProgress, assignment: NOTHING })
      member.sync = undefined
    }
    const limit = Math.max(0, ...[...this.#members.values()].map(({ request }) => request.rebalanceTimeout))
    this.#deadline = setTimeout(() => {
      for (const member of [...this.#members.values()]) if (member.join === undefined) this.leave(member.id)
    }, limit).unref()
    this.#completeJoin()
  }

  #completeJoin(): void {
    const members = [...this.#members.values()]
    if (members.some(({ join }) => join === undefined)) return
    clearTimeout(this.#deadline)
    this.generation++
    if (members.length === 0) {
      this.state = 'Empty'
      return
    }
    this.state = 'CompletingRebalance'
    if (!this.#members.has(this.#leaderId)) this.#leaderId = members[0]?.id ?? ''
    this.protocolType = members[0]?.request.protocolType ?? ''
    this.protocol = members[0]?.request.protocols.find(({ name }) => members.every(({ request }) => offers(request, name)))?.name ?? ''
    const answer = { error: ERROR.none, generation: this.generation, protocol: this.protocol, leaderId: this.#leaderId }
    const all = members.map(({ id, request }) => ({ memberId: id, metadata: metadataOf(request, this.protocol) }))
    for (const member of members) {
      const { join } = member
      member.join = undefined
      member.session.refresh()
      join?.({ ...answer, memberId: member.id, members: member.id === this.#leaderId ? all : [] })
    }
  }

  #sharesProtocol(request: JoinRequest): boolean {
    const others = [...this.#members.values()].filter(({ id }) => id !== request.memberId)
    return request.protocols.some(({ name }) => others.every((other) => offers(other.request, name)))
  }
}

const offers = (request: JoinRequest, name: string): boolean => request.protocols.some((protocol) => protocol.name === name)

function metadataOf(request: JoinRequest, name: string): Buffer {
  return request.protocols.find((protocol) => protocol.name === name)?.metadata ?? NOTHING
}

function refusedJoin(error: number, memberId: string): JoinAnswer {
  return { error, generation: -1, protocol: '', leaderId: '', memberId, members: [] }
}
