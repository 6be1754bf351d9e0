import type { Report } from '../check/report.ts'
import type { Finding } from '../model.ts'
import type { Place } from '../places/places.ts'
import { ruleText } from './rule-text.ts'
import { findingSentences } from './summary.ts'

/** SARIF 2.1.0 (OASIS), as code scanning services read it. */
export function sarifText(report: Report, prefix: string, version: string): string {
  const rules = [...new Set(report.findings.map(({ rule }) => rule))].sort()
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kafka-evolve',
            version,
            rules: rules.map((id) => ({ id, shortDescription: { text: ruleText(id) } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => resultOf(finding, rules, prefix)),
      },
    ],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function resultOf(finding: Finding, rules: readonly string[], prefix: string): object {
  const { rule, severity, place, subject, direction, versions, field } = finding
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: severity,
    message: { text: findingSentences(finding) },
    ...(place === undefined ? {} : { locations: [locationOf(place, prefix, subject, field)] }),
    // The same finding in the next run is the same, wherever its line went.
    partialFingerprints: { 'finding/v1': [rule, subject ?? place?.file ?? '', direction ?? '', field ?? ''].join('|') },
    properties: { subject, direction, versions },
  }
}

function locationOf(place: Place, prefix: string, subject: string | undefined, field: string | undefined): object {
  const logical = field ?? subject
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(prefix + place.file).replace(/[?#]/g, encodeURIComponent) },
      region: { startLine: place.line, startColumn: place.column, endColumn: place.column + place.length, snippet: { text: place.text } },
    },
    ...(logical === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: logical }] }),
  }
}
