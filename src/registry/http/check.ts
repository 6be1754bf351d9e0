import { isEvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import type { CompatibilityReport } from '../compatibility/check-versions.ts'
import type { CheckOptions } from '../types.ts'
import { readable } from './answer-text.ts'
import { versionAnswer } from './answers.ts'
import type { Ask } from './client.ts'
import { normalizeQuery, reading, schemaBody, sending, subjectPath } from './inquiries.ts'
import { verdictAnswer } from './list-answers.ts'
import { isAboutVersions, problemsOf } from './problems.ts'
import { config } from './settings.ts'

/** See `ManagedRegistry.checkCompatibility`. */
export async function checkCompatibility(
  ask: Ask,
  subject: string,
  schema: SchemaText,
  redact: (text: string) => string,
  options: CheckOptions = {},
): Promise<CompatibilityReport> {
  const { version } = options
  const path = `/compatibility${subjectPath(subject)}/versions${version === undefined ? '' : `/${version}`}`
  const check = (verbose: boolean) =>
    ask(sending('check', 'POST', path, schemaBody(schema), { subject }, { ...normalizeQuery(options), verbose }), verdictAnswer)
  const { compatible, messages: told } = await check(true)
  // Cut before they are looked at: they may be long, and made to be.
  const messages = told.map((message) => readable(redact(message)))
  // Asked for reasons, servers give "it is no schema" as one; asked for the verdict alone, they refuse such a text.
  if (!compatible && !isAboutVersions(messages)) await check(false)
  const level = (await config(ask, subject, { defaultToGlobal: true }))?.compatibility ?? 'BACKWARD'
  if (compatible) return Object.freeze({ level, compatible, problems: Object.freeze([]) })
  const problems = problemsOf(messages, typeof version === 'number' ? version : await latestNumber(ask, subject))
  return Object.freeze({ level, compatible, problems })
}

/** For reasons that name no version. */
async function latestNumber(ask: Ask, subject: string): Promise<number> {
  try {
    const inquiry = reading('latest', `${subjectPath(subject)}/versions/latest`, { subject })
    return (await ask(inquiry, (json) => versionAnswer(subject, json))).version
  } catch (error) {
    if (isEvolveError(error) && error.code === 'subject-not-found') return 1
    throw error
  }
}
