import { type Command, defineCommand } from '../command.ts'
import { nearest } from '../nearest.ts'
import { usageError } from '../usage.ts'
import type { GateConfig } from './config/gate-config.ts'
import { readConfig } from './config/read-config.ts'
import { filesOf, printReport, reportOptions, schemaPaths } from './gate-options.ts'
import { lintSchema } from './lint/lint-schema.ts'
import { lintRules } from './lint/rules.ts'
import { loadFiles } from './load/load-files.ts'
import type { Finding } from './model.ts'
import { findProject } from './project.ts'

const options = {
  rules: { type: 'flag', help: 'List the rules, and do nothing else' },
  'max-warnings': { type: 'number', placeholder: 'N', help: 'Fail where there are more warnings than that' },
  ...reportOptions,
} as const

/** `kafka-evolve lint`. */
export const lintCommand: Command = defineCommand({
  name: 'lint',
  summary: 'say what in schemas will stand in the way later',
  description: [
    'Looks at schemas alone, without a registry: enums, unions and fields that cannot change while old readers are out there, names, times and money without a logical type.',
    'Rules are set in kafka-evolve.json ("lint": { "doc": "warning", "enum-default": "off" }: off, note, warning or error), and turned off in place by the attribute "lint-ignore": ["enum-default"] of a type or field.',
    'Exit code 1 for an error: a file that is no schema, or a rule that is set to error.',
  ].join('\n\n'),
  positionals: [schemaPaths],
  options,
  examples: [
    ['All schemas', 'lint schemas'],
    ['Annotate a pull request', 'lint schemas --format github'],
    ['What are the rules?', 'lint --rules'],
  ],
  run: async (context) => {
    const { cwd, args, options: given, stdout } = context
    const config = await readConfig(cwd, given.config)
    checkRules(config)
    if (given.rules) {
      stdout.write(rulesText(config, context.json))
      return 0
    }
    const project = findProject(cwd)
    const { schemas, faults } = await loadFiles(cwd, project, await filesOf(cwd, args, config))
    const found = unique(schemas.flatMap((schema) => lintSchema(schema, config.lint)))
    const warnings = found.filter(({ severity }) => severity === 'warning').length
    const max = given['max-warnings']
    const tooMany: Finding[] =
      max === undefined || warnings <= max
        ? []
        : [{ rule: 'max-warnings', severity: 'error', message: `there are ${warnings} warnings, ${max} are allowed` }]
    const files = [...new Set(schemas.map(({ file }) => file))]
    return printReport({ command: 'lint', subjects: [], findings: [...faults, ...found, ...tooMany], schemas: files }, context, project)
  },
})

/** @throws EvolveError `invalid-options` for a rule in the config that there is not. */
function checkRules({ lint }: GateConfig): void {
  const ids = lintRules.map(({ id }) => id)
  for (const rule of lint.keys()) {
    if (ids.includes(rule)) continue
    const near = nearest(rule, ids)
    throw usageError(`lint has no rule ${rule}`, near === undefined ? `one of ${ids.join(', ')}` : `did you mean ${near}?`)
  }
}

function rulesText({ lint }: GateConfig, asJson: boolean): string {
  const rules = lintRules.map(({ id, severity, text }) => ({ id, severity: lint.get(id) ?? severity, text }))
  if (asJson) return `${JSON.stringify(rules, null, 2)}\n`
  return rules.map(({ id, severity, text }) => `${id.padEnd(22)} ${severity.padEnd(8)} ${text}\n`).join('')
}

/** A type that several schemas use is told of once. */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ rule, message, place }) => {
    const key = JSON.stringify([rule, message, place?.file, place?.line, place?.column])
    return seen.size < seen.add(key).size
  })
}
