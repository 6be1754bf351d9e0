import { printable, type Style } from '../../style.ts'
import { hitSentence } from '../check/problem-finding.ts'
import { hasErrors, type Report, type SubjectReport } from '../check/report.ts'
import type { Finding } from '../model.ts'
import type { Place } from '../places/places.ts'
import { rollOutLine, summaryLine } from './summary.ts'

/** Longest line of a file that is shown; of longer ones the part around the place. */
const maxLine = 120

/** A report for people. */
export function peopleText(report: Report, style: Style, verbose: boolean): string {
  const own = new Set(report.subjects.flatMap(({ findings }) => findings))
  const others = report.findings.filter((finding) => !own.has(finding) && (verbose || finding.severity !== 'note'))
  const blocks = [
    ...report.subjects.filter(({ status }) => verbose || status !== 'unchanged').map((subject) => subjectBlock(subject, style)),
    ...others.map((finding) => findingBlock(finding, style)),
  ]
  const hidden = report.findings.some(({ severity }) => severity === 'note') && !verbose ? ' (--verbose shows them)' : ''
  const line = `${summaryLine(report)}${hidden}`
  return [...blocks, hasErrors(report) ? style.red(style.bold(line)) : style.green(line)].map((block) => `${block}\n`).join('\n')
}

function subjectBlock(report: SubjectReport, style: Style): string {
  const { subject, schema, status, level, levelFrom, against, findings } = report
  const mark = status === 'incompatible' ? style.red('✗') : style.green(status === 'new' ? '+' : '✓')
  const held =
    against.length === 0 ? '' : against.length === 1 ? `, held against ${against[0]}` : `, held against ${against.length} versions`
  const lines = [
    `${mark} ${style.bold(printable(subject))} ${status} ${style.dim(`(${printable(schema)}, ${level} by ${levelFrom}${printable(held)})`)}`,
    ...findings.map((finding) => indented(findingBlock(finding, style))),
  ]
  const order = rollOutLine(report)
  if (order !== undefined) lines.push(`  ${style.cyan('roll-out:')} ${order}`)
  return lines.join('\n')
}

function findingBlock(finding: Finding, style: Style): string {
  const { severity, rule, message, cure, place, field, subject } = finding
  const paint = severity === 'error' ? style.red : severity === 'warning' ? style.yellow : style.blue
  const where = place === undefined ? (subject ?? '') : `${place.file}:${place.line}:${place.column}`
  const head = [paint(severity), printable(where), field === undefined ? '' : style.bold(printable(field)), style.dim(rule)]
  const lines = [head.filter((part) => part !== '').join('  '), `  ${printable(message)}`]
  if (finding.hit !== undefined) lines.push(`  ${printable(hitSentence(finding))}`)
  if (place !== undefined) lines.push(...excerpt(place, style, paint))
  if (cure !== undefined) lines.push(`  ${style.cyan('cure:')} ${printable(cure)}`)
  return lines.join('\n')
}

/** The line of the file with a caret below the place. */
function excerpt({ line, column, length, text }: Place, style: Style, paint: (text: string) => string): string[] {
  if (text.trim() === '') return []
  const from = text.length <= maxLine ? 0 : Math.max(0, column - 1 - maxLine / 2)
  const shown = text.slice(from, from + maxLine)
  const number = String(line)
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ')
  const carets = '^'.repeat(Math.max(1, Math.min(length, shown.length - before.length)))
  const gutter = ' '.repeat(number.length)
  return [
    `  ${style.dim(`${number} |`)} ${from > 0 ? '…' : ''}${printable(shown).replaceAll('\\t', '\t')}`,
    `  ${style.dim(`${gutter} |`)} ${from > 0 ? ' ' : ''}${before}${paint(carets)}`,
  ]
}

function indented(block: string): string {
  return block
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}
