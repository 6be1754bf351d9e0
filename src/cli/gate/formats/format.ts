import type { Style } from '../../style.ts'
import type { Report } from '../check/report.ts'
import { githubText } from './github.ts'
import { jsonText } from './json.ts'
import { junitText } from './junit.ts'
import { sarifText } from './sarif.ts'
import { peopleText } from './text.ts'

/** What a report can be printed as. */
export const formats = ['text', 'github', 'json', 'sarif', 'junit'] as const
export type Format = (typeof formats)[number]

/** What printing needs besides the report. */
export interface PrintOptions {
  readonly style: Style
  readonly version: string
  /** From the root of the project to where the program runs: `''`, or a path with `/` at its end. Machines want paths from the root. */
  readonly prefix: string
  /** Say what was looked at and is as it was, too. */
  readonly verbose: boolean
}

/** A report as text, with a line end at its end. */
export function printed(report: Report, format: Format, { style, version, prefix, verbose }: PrintOptions): string {
  switch (format) {
    case 'github':
      return githubText(report, prefix)
    case 'json':
      return jsonText(report)
    case 'sarif':
      return sarifText(report, prefix, version)
    case 'junit':
      return junitText(report, prefix)
    default:
      return peopleText(report, style, verbose)
  }
}
