import { EvolveError } from '../../errors.ts'
import { isJsonObject } from '../json-copy.ts'
import { defaultContext, splitSubject } from '../state/qualified-subject.ts'

/**
 * Refuses an answer about the subject of that name in another context. Confluent's server gives it where the context that was asked about has no such subject; but an
 * ID counts within its context, and a message that carries one of another is read with whatever schema has the same ID in the reader's.
 * @throws EvolveError `subject-not-found`.
 */
export function checkSameContext(asked: string, json: unknown): void {
  if (!isJsonObject(json) || typeof json.subject !== 'string') return
  const { context, name } = splitSubject(json.subject)
  if (context === defaultContext || splitSubject(asked).context === context) return
  throw new EvolveError('subject-not-found', `the registry has a subject '${name}' in the context '${context}' only`, {
    hint: `ask for ':${context}:${name}', or put /contexts/${context} behind the URL of the registry`,
  })
}
