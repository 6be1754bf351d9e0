import type { CompatibilityProblem } from '../../errors.ts'

const ownBackward = /^new readers cannot read what version (\d{1,10}) wrote: (.*) \(([A-Z_]+) at ([^)]*)\): (.*)$/s
const ownForward = /^readers of version (\d{1,10}) cannot read what the new schema writes: (.*) \(([A-Z_]+) at ([^)]*)\): (.*)$/s
const confluent = /^\{errorType: ?(['"])([A-Z_]+)\1, description: ?(['"])(.*?)\3(?:, additionalInfo: ?(['"]).*\5)?\}$/s
const confluentVersion = /^\{oldSchemaVersion: ?'?(\d{1,10})'?\}$/
/** What Confluent's server says beside the reasons. The end may have been cut off. */
const beside = /^\{(oldSchema|validateFields|compatibility): ?/

const otherHint = 'change the new schema so that the level allows it'

/**
 * The reasons in the messages of a verbose check that found some, at least one: those of this package word for word, those of Confluent's server by their parts, of others the
 * sentence alone. `version` is for those that name none.
 */
export function problemsOf(messages: readonly string[], version: number): readonly CompatibilityProblem[] {
  const named = messages.map((message) => confluentVersion.exec(message)?.[1]).find((found) => found !== undefined)
  const told = named === undefined ? version : Number(named)
  const reasons = messages.filter((message) => !confluentVersion.test(message) && !beside.test(message))
  if (reasons.length === 0) reasons.push('the registry gives no reason')
  return Object.freeze(
    reasons.map((message) => Object.freeze(ownProblem(message) ?? confluentProblem(message, told) ?? other(message, told))),
  )
}

/** Whether one of the messages is a reason why schemas do not go together, and not why the text is no schema. */
export function isAboutVersions(messages: readonly string[]): boolean {
  return messages.some((message) => ownBackward.test(message) || ownForward.test(message) || confluent.test(message))
}

function ownProblem(text: string): CompatibilityProblem | undefined {
  const [backward, forward] = [ownBackward.exec(text), ownForward.exec(text)]
  const found = backward ?? forward
  if (found === null) return undefined
  const [, version = '', message = '', kind = '', path = '', hint = ''] = found
  return { version: Number(version), direction: backward === null ? 'forward' : 'backward', path, kind, message, hint }
}

function confluentProblem(text: string, version: number): CompatibilityProblem | undefined {
  const found = confluent.exec(text)
  if (found === null) return undefined
  const [, , kind = '', , message = ''] = found
  const path = /path '([/#][^']*)'/.exec(message)?.[1] ?? '/'
  // The schema that is named first is the reader's.
  const reader = /\b(new|old) schema\b/i.exec(message)?.[1]?.toLowerCase()
  return { version, direction: reader === 'old' ? 'forward' : 'backward', path, kind, message, hint: otherHint }
}

function other(message: string, version: number): CompatibilityProblem {
  return { version, direction: 'backward', path: '/', kind: 'UNKNOWN', message, hint: otherHint }
}
