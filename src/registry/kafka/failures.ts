import { type ErrorCode, EvolveError, isEvolveError } from '../../errors.ts'

/** What kafkajs calls an error (`type` of a protocol error), what it is here, and what to do about it. */
const known: Readonly<Record<string, { readonly code: ErrorCode; readonly hint?: string }>> = {
  NOT_ENOUGH_REPLICAS: { code: 'registry-unavailable', hint: 'fewer brokers are in sync than min.insync.replicas asks for' },
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: { code: 'registry-unavailable', hint: 'fewer brokers are in sync than min.insync.replicas asks for' },
  MESSAGE_TOO_LARGE: { code: 'limit-exceeded', hint: 'raise max.message.bytes of the topic' },
  RECORD_LIST_TOO_LARGE: { code: 'limit-exceeded', hint: 'raise max.message.bytes of the topic' },
  TOPIC_AUTHORIZATION_FAILED: { code: 'registry-rejected', hint: 'allow this user to read and write the topic' },
  GROUP_AUTHORIZATION_FAILED: { code: 'registry-rejected', hint: "allow this user the consumer groups that begin with 'groupPrefix'" },
  CLUSTER_AUTHORIZATION_FAILED: { code: 'registry-rejected', hint: 'allow this user to write' },
  SASL_AUTHENTICATION_FAILED: { code: 'registry-rejected', hint: 'check the credentials of the client' },
  POLICY_VIOLATION: { code: 'registry-rejected' },
  REQUEST_TIMED_OUT: { code: 'registry-timeout' },
}

/** Any failure of the client as one of this package; its words hold no credentials. */
export function kafkaFailure(error: unknown, what: string, topic: string): EvolveError {
  if (isEvolveError(error)) return error
  const { type, message } = rootOf(error)
  const { code, hint } = known[type ?? ''] ?? { code: 'registry-unavailable' as const }
  return new EvolveError(code, `could not ${what}: ${message}`, { topic, hint }, error)
}

/** Whether the broker has refused the record, so that it is surely not in the topic, and would be refused again. */
export function isRefusal(error: unknown): boolean {
  const { type } = rootOf(error)
  const { code } = known[type ?? ''] ?? {}
  return code === 'limit-exceeded' || code === 'registry-rejected'
}

/** What an error of kafkajs is about at its root. */
export function rootOf(error: unknown): { readonly name?: string; readonly type?: string; readonly message: string } {
  let root = error
  for (let depth = 0; depth < 5 && root instanceof Error && root.cause instanceof Error; depth += 1) root = root.cause
  if (!(root instanceof Error)) return { message: String(root) }
  return { name: root.name, message: root.message, ...('type' in root && typeof root.type === 'string' ? { type: root.type } : {}) }
}
