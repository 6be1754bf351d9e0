import { ruleOf } from '../../../registry/compatibility/levels.ts'
import { hitSentence } from '../check/problem-finding.ts'
import type { Report, SubjectReport } from '../check/report.ts'
import { rollOutWords } from '../check/roll-out.ts'
import type { Finding } from '../model.ts'

/** One line that says what came of it: `3 subjects against origin/main: 1 incompatible, 2 unchanged`. */
export function summaryLine(report: Report): string {
  const { findings, subjects, schemas, baseline } = report
  const faults = findings.filter(({ rule }) => rule === 'invalid-schema').length
  const broken = faults === 0 ? [] : [count(faults, 'invalid file')]
  if (baseline === undefined) {
    const by = (severity: Finding['severity']): number => findings.filter((finding) => finding.severity === severity).length
    return `${count(schemas.length, 'schema')}: ${count(by('error'), 'error')}, ${count(by('warning'), 'warning')}, ${count(by('note'), 'note')}`
  }
  const states = (['incompatible', 'compatible', 'new', 'unchanged'] as const).flatMap((status) => {
    const number = subjects.filter((subject) => subject.status === status).length
    return number === 0 ? [] : [`${number} ${status}`]
  })
  return `${count(subjects.length, 'subject')} against ${baseline}: ${[...states, ...broken].join(', ') || 'nothing to compare'}`
}

/** `1 subject`, `2 subjects`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** The order of deployment that a subject's change wants, in words. */
export function rollOutLine({ rollOut, status, level }: SubjectReport): string | undefined {
  if (rollOut === undefined) return undefined
  const words = rollOutWords[rollOut]
  return status === 'incompatible'
    ? `not as it is (${level} ${promises[ruleOf(level).directions.join()] ?? ''}); this step: ${words}`
    : words
}

/** What a level promises of every step, by the directions that it asks for. */
const promises: Readonly<Record<string, string>> = {
  backward: 'lets readers be deployed first',
  forward: 'lets writers be deployed first',
  'backward,forward': 'allows any order',
}

/** All that a finding says, in sentences: what, who is hit, the cure. */
export function findingSentences(finding: Finding): string {
  const { message, cure, field } = finding
  const parts = [field === undefined ? message : `${field}: ${message}`]
  if (finding.hit !== undefined) parts.push(hitSentence(finding))
  if (cure !== undefined) parts.push(`cure: ${cure}`)
  return parts.join('\n')
}
