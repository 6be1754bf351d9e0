import type { Report } from '../check/report.ts'
import type { Finding } from '../model.ts'
import { findingSentences, rollOutLine } from './summary.ts'

interface TestCase {
  readonly name: string
  readonly file: string
  readonly findings: readonly Finding[]
  readonly output: string | undefined
}

/** JUnit's XML as CI servers read it: each subject (for lint each schema) is a test, an error a failure. */
export function junitText(report: Report, prefix: string): string {
  const cases = casesOf(report)
  const failures = cases.filter(({ findings }) => findings.some(isError)).length
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`
  const name = attribute(`kafka-evolve ${report.command}`)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts} time="0">`,
    `  <testsuite name="${name}" ${counts} time="0">`,
    ...cases.flatMap((one) => caseLines(one, prefix, report.command)),
    '  </testsuite>',
    '</testsuites>',
  ]
  return lines.map((line) => `${line}\n`).join('')
}

const isError = ({ severity }: Finding): boolean => severity === 'error'

function casesOf({ subjects, findings, schemas }: Report): readonly TestCase[] {
  const bySubject = subjects.map(
    (subject): TestCase => ({
      name: subject.subject,
      file: subject.schema,
      findings: subject.findings,
      output: [`${subject.status} at ${subject.level}`, rollOutLine(subject)].filter((line) => line !== undefined).join('; '),
    }),
  )
  const own = new Set(subjects.flatMap((subject) => subject.findings))
  const others = findings.filter((finding) => !own.has(finding))
  const checked = subjects.length > 0 ? [] : schemas
  const places = new Set([...checked, ...others.map((finding) => finding.place?.file ?? finding.subject ?? 'project')])
  const byFile = [...places].map((file): TestCase => {
    const about = others.filter((finding) => (finding.place?.file ?? finding.subject ?? 'project') === file)
    return { name: file, file, findings: about, output: undefined }
  })
  return [...bySubject, ...byFile]
}

function caseLines({ name, file, findings, output }: TestCase, prefix: string, command: string): string[] {
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(command)}" file="${attribute(prefix + file.replace(/#.*$/, ''))}" time="0"`
  const failures = findings.filter(isError)
  const told = [
    ...findings.filter((finding) => !isError(finding)).map((finding) => `${finding.severity}: ${placed(finding, prefix)}`),
    output ?? '',
  ]
    .filter((line) => line !== '')
    .join('\n')
  if (failures.length === 0 && told === '') return [`${open}/>`]
  const failed = failures.map(
    (finding) =>
      `      <failure type="${attribute(finding.rule)}" message="${attribute(finding.message)}">${content(placed(finding, prefix))}</failure>`,
  )
  return [`${open}>`, ...failed, ...(told === '' ? [] : [`      <system-out>${content(told)}</system-out>`]), '    </testcase>']
}

function placed(finding: Finding, prefix: string): string {
  const { place } = finding
  return `${place === undefined ? '' : `${prefix}${place.file}:${place.line}:${place.column}\n`}${findingSentences(finding)}`
}

/** Text of an XML document: what XML 1.0 cannot hold becomes U+FFFD. */
function content(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML 1.0 cannot hold.
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd').toWellFormed()
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;').replaceAll('\r', '&#13;')
}
