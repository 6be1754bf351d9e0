import { hasErrors, type Report } from '../check/report.ts'
import { rollOutWords } from '../check/roll-out.ts'
import { summaryLine } from './summary.ts'

/** A report for programs: one JSON document. */
export function jsonText(report: Report): string {
  const { command, baseline, subjects, findings, schemas } = report
  const document = {
    command,
    ok: !hasErrors(report),
    summary: summaryLine(report),
    ...(baseline === undefined ? {} : { against: baseline }),
    schemas,
    subjects: subjects.map(({ subject, schema, status, level, levelFrom, against, rollOut }) => ({
      subject,
      schema,
      status,
      level,
      levelFrom,
      versions: against,
      ...(rollOut === undefined ? {} : { rollOut, rollOutWords: rollOutWords[rollOut] }),
    })),
    findings: findings.map(({ hit: _hit, ...finding }) => finding),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
