import { describe, expect, it } from 'vitest'
import { styleOf } from '../../style.ts'
import type { Report } from '../check/report.ts'
import type { Finding } from '../model.ts'
import { type Format, printed } from './format.ts'

const broken: Finding = {
  rule: 'READER_FIELD_MISSING_DEFAULT_VALUE',
  severity: 'error',
  message: "the writer's Order has no <discount> & 100%",
  hit: 'new readers cannot read what was written under',
  cure: 'give discount a default',
  subject: 'orders-value',
  direction: 'backward',
  versions: ['version 2', 'version 1'],
  field: 'Order.discount',
  pointer: '/fields/1',
  place: { file: 'my schemas/o,1.avsc', line: 12, column: 5, length: 8, text: '\t{ "discount" }' },
}
const gone: Finding = { rule: 'schema-deleted', severity: 'warning', message: 'gone\u0007', subject: 'old' }
const report: Report = {
  command: 'check',
  baseline: 'origin/main',
  subjects: [
    {
      subject: 'orders-value',
      schema: 'my schemas/o,1.avsc',
      status: 'incompatible',
      level: 'BACKWARD',
      levelFrom: 'default',
      against: ['version 1', 'version 2'],
      rollOut: 'writers first',
      findings: [broken],
    },
    {
      subject: 'fine',
      schema: 'f.avsc',
      status: 'compatible',
      level: 'FULL',
      levelFrom: 'default',
      against: ['version 1'],
      rollOut: 'any order',
      findings: [],
    },
    { subject: 'same', schema: 's.avsc', status: 'unchanged', level: 'FULL', levelFrom: 'default', against: ['version 1'], findings: [] },
  ],
  findings: [broken, gone],
  schemas: ['my schemas/o,1.avsc', 'f.avsc', 's.avsc'],
}
const print = (format: Format, colour = false): string =>
  printed(report, format, { style: styleOf(colour), version: '1.2.3', prefix: 'app/', verbose: false })

describe('a report', () => {
  it('for people', () => {
    const text = print('text')
    for (const line of [
      '✗ orders-value incompatible (my schemas/o,1.avsc, BACKWARD by default, held against 2 versions)',
      '  error  my schemas/o,1.avsc:12:5  Order.discount  READER_FIELD_MISSING_DEFAULT_VALUE',
      '    new readers cannot read what was written under versions 2 and 1',
      '    12 | \t{ "discount" }',
      '       | \t   ^^^^^^^^',
      '    cure: give discount a default',
      '  roll-out: not as it is (BACKWARD lets readers be deployed first); this step: deploy writers first: ',
      '✓ fine compatible (f.avsc, FULL by default, held against version 1)',
      '  roll-out: any order: ',
      'warning  old  schema-deleted',
      '3 subjects against origin/main: 1 incompatible, 1 compatible, 1 unchanged',
    ])
      expect(text).toContain(line)
    expect(text).not.toContain('same unchanged')
    expect(text).not.toContain('\u0007')
    expect(print('text', true)).toContain('\u001b[31m^^^^^^^^\u001b[39m')
  })

  it('as annotations of GitHub', () => {
    const [first, second, ...others] = print('github').split('\n')
    expect(first).toBe(
      '::error file=app/my schemas/o%2C1.avsc,line=12,col=5,endColumn=13,title=orders-value%3A READER_FIELD_MISSING_DEFAULT_VALUE::' +
        "Order.discount: the writer's Order has no <discount> & 100%25%0Anew readers cannot read what was written under versions 2 and 1%0Acure: give discount a default",
    )
    expect(second).toBe('::warning title=old%3A schema-deleted::gone\u0007')
    expect(others.filter((line) => line.startsWith('::'))).toEqual([])
  })

  it('as SARIF', () => {
    const document = JSON.parse(print('sarif')) as {
      version: string
      runs: [{ tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }]
    }
    const [{ tool, results }] = document.runs
    expect(document.version).toBe('2.1.0')
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['READER_FIELD_MISSING_DEFAULT_VALUE', 'schema-deleted'])
    expect(results[0]).toMatchObject({
      ruleId: 'READER_FIELD_MISSING_DEFAULT_VALUE',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'app/my%20schemas/o,1.avsc' },
            region: { startLine: 12, startColumn: 5, endColumn: 13 },
          },
        },
      ],
    })
    expect(results[1]).not.toHaveProperty('locations')
  })

  it('as JUnit XML', () => {
    const lines = print('junit').split('\n')
    expect(lines.slice(0, 3)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="kafka-evolve check" tests="4" failures="1" errors="0" skipped="0" time="0">',
      '  <testsuite name="kafka-evolve check" tests="4" failures="1" errors="0" skipped="0" time="0">',
    ])
    expect(lines).toContain(
      `      <failure type="READER_FIELD_MISSING_DEFAULT_VALUE" message="the writer's Order has no &lt;discount&gt; &amp; 100%">app/my schemas/o,1.avsc:12:5`,
    )
    expect(lines).toContain('      <system-out>warning: gone\ufffd</system-out>')
    expect(lines.filter((line) => line.includes('<testcase')).map((line) => /name="([^"]*)"/.exec(line)?.[1])).toEqual([
      'orders-value',
      'fine',
      'same',
      'old',
    ])
  })

  it('as JSON', () => {
    expect(JSON.parse(print('json'))).toMatchObject({
      command: 'check',
      ok: false,
      against: 'origin/main',
      subjects: [
        { subject: 'orders-value', status: 'incompatible', rollOut: 'writers first', versions: ['version 1', 'version 2'] },
        {},
        {},
      ],
      findings: [{ rule: 'READER_FIELD_MISSING_DEFAULT_VALUE', place: { line: 12 }, cure: 'give discount a default' }, {}],
    })
  })
})
