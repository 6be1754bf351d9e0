/** Labels of one series. */
export type Labels = Readonly<Record<string, string | number>>

/** Metrics as a Prometheus server reads them (text format 0.0.4). */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

/** What one metric is, in the lines before its series. */
export function metricHead(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string {
  return `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n`
}

/** One series. */
export function metricLine(name: string, labels: Labels, value: number): string {
  return `${name}${labelText(labels)} ${Number.isFinite(value) ? value : value > 0 ? '+Inf' : 'NaN'}\n`
}

/** `{a="1",b="2"}`, or nothing; also the key under which a series is kept. */
export function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))
}
