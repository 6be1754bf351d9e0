import type { Logger } from 'pino'
import { type ErrorCode, EvolveError } from '../errors.ts'
import type { DeadLetter, IncomingMessage } from '../transport/message.ts'
import { recovering } from './compose.ts'
import { deadLetterOf, deadLetterTopicOf } from './dead-letter.ts'
import type { ConsumeMiddleware } from './message.ts'

/** Errors that say something about the message, and that time does not cure. Those of a registry or a broker are not among them. */
const undecodable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-framed',
  'truncated-frame',
  'truncated',
  'trailing-bytes',
  'malformed-data',
  'unresolvable-value',
  'unsafe-long',
  'limit-exceeded',
  'schema-not-found',
  'subject-not-found',
  'version-not-found',
  'invalid-schema',
  'incompatible-schemas',
  'internal',
])

/** Whether the error means that this message cannot be decoded, now or later. */
export function isUndecodable(error: unknown): error is EvolveError {
  return error instanceof EvolveError && undecodable.has(error.code)
}

/** What was left out, by topic. */
export interface UndecodableCount {
  skipped: number
  deadLettered: number
}

/** What the policies report to. */
export interface UndecodableReport {
  readonly logger: Logger
  readonly counts: Map<string, UndecodableCount>
}

/** Leaves undecodable messages out, each with a warning and counted. */
export function skipUndecodable(report: UndecodableReport): ConsumeMiddleware {
  return (next) =>
    recovering(next, (error, message) => {
      if (!isUndecodable(error)) throw error
      const count = countOf(report, message)
      count.skipped++
      logOf(report, message, error).warn(
        { code: error.code, side: error.details.side, skipped: count.skipped },
        'undecodable message skipped',
      )
      return undefined
    })
}

/** How dead letters are sent. */
export interface DeadLetterOptions {
  /** Resolves once the broker has acknowledged the letter. */
  readonly send: (letter: DeadLetter) => Promise<void>
  /** Default: {@link deadLetterTopicOf}. */
  readonly topic?: string | ((topic: string) => string)
  readonly consumerGroup: () => string | undefined
}

/**
 * Sends undecodable messages to a dead-letter topic, each with a warning and counted; a message is left out only once its letter is acknowledged.
 * @throws EvolveError `broker-unavailable` when the letter cannot be sent: then the message is consumed again.
 */
export function deadLetterUndecodable(
  report: UndecodableReport,
  { send, topic = deadLetterTopicOf, consumerGroup }: DeadLetterOptions,
): ConsumeMiddleware {
  const recover = async (error: unknown, message: IncomingMessage): Promise<undefined> => {
    if (!isUndecodable(error)) throw error
    let to: string | undefined
    try {
      to = typeof topic === 'string' ? topic : topic(message.topic)
      await send(deadLetterOf(message, error, to, consumerGroup()))
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const { topic: from, partition, offset } = message
      throw new EvolveError(
        'broker-unavailable',
        `the dead letter could not be sent to topic ${to ?? '(unnamed)'}: ${why}`,
        { topic: from, partition, offset },
        cause,
      )
    }
    const count = countOf(report, message)
    count.deadLettered++
    const said = { code: error.code, side: error.details.side, deadLetterTopic: to, deadLettered: count.deadLettered }
    logOf(report, message, error).warn(said, 'undecodable message sent to the dead-letter topic')
  }
  return (next) => recovering(next, recover)
}

function countOf({ counts }: UndecodableReport, { topic }: IncomingMessage): UndecodableCount {
  const count = counts.get(topic) ?? { skipped: 0, deadLettered: 0 }
  counts.set(topic, count)
  return count
}

function logOf({ logger }: UndecodableReport, { topic, partition, offset }: IncomingMessage, error: EvolveError): Logger {
  return logger.child({ topic, partition, offset, schemaId: error.details.schemaId })
}
