import type { Report } from '../check/report.ts'
import type { Finding } from '../model.ts'
import { findingSentences, rollOutLine, summaryLine } from './summary.ts'

const commands: Readonly<Record<Finding['severity'], string>> = { error: 'error', warning: 'warning', note: 'notice' }

/** Workflow commands of GitHub Actions: each finding becomes an annotation at its line. */
export function githubText(report: Report, prefix: string): string {
  const lines = report.findings.map((finding) => {
    const { place, rule, subject } = finding
    const title = subject === undefined ? rule : `${subject}: ${rule}`
    const where: readonly (readonly [string, string | number])[] =
      place === undefined
        ? []
        : [
            ['file', prefix + place.file],
            ['line', place.line],
            ['col', place.column],
            ['endColumn', place.column + place.length],
          ]
    const properties = [...where, ['title', title] as const].map(([name, value]) => `${name}=${property(String(value))}`)
    return `::${commands[finding.severity]} ${properties.join(',')}::${data(findingSentences(finding))}`
  })
  const orders = report.subjects.flatMap((subject) => {
    const order = rollOutLine(subject)
    return order === undefined ? [] : [plain(`${subject.subject} ${subject.status}, roll-out: ${order}`)]
  })
  return [...lines, ...orders, plain(summaryLine(report))].map((line) => `${line}\n`).join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** A line that is no command, whatever a file or a subject is called. */
function plain(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/^(\s*)::/, '$1: :')
}
