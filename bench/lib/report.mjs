import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'

/** The operations in the order of the table, and what they are called there. */
export const operations = {
  decode: 'decode, same schema',
  decodeNewer: 'decode v2 as v1',
  encode: 'encode',
  roundTrip: 'round trip v2',
  firstMessage: 'first message of a new writer schema',
}

export function formatTime(nanoseconds) {
  if (nanoseconds === undefined) return '–'
  const [value, unit] =
    nanoseconds < 1000 ? [nanoseconds, 'ns'] : nanoseconds < 1e6 ? [nanoseconds / 1000, 'µs'] : [nanoseconds / 1e6, 'ms']
  return `${value.toPrecision(3)} ${unit}`.replace(/^(\d+)e\+(\d+)/, (_, m, e) => String(Number(m) * 10 ** Number(e)))
}

/** How often avsc's time holds ours: above 1 we are faster. */
const ratio = (avsc, ours) => (avsc === undefined || ours === undefined ? '–' : `x${(avsc / ours).toFixed(2)}`)

/** Rows of the table: for each operation and size the medians by contender, and avsc's time over ours. */
export function rowsOf(results, contenders) {
  const rows = []
  for (const operation of Object.keys(operations)) {
    for (const size of new Set(results.map((result) => result.size))) {
      const of = (name) => results.find((one) => one.operation === operation && one.size === size && one.contender === name)?.median
      if (contenders.every((name) => of(name) === undefined)) continue
      rows.push({
        operation,
        size,
        medians: Object.fromEntries(contenders.map((name) => [name, of(name)])),
        ratio: ratio(of('avsc'), of('kafka-evolve')),
      })
    }
  }
  return rows
}

/** A Markdown table with columns padded, so that it reads well on a terminal too. */
export function table(head, body) {
  const widths = head.map((cell, column) => Math.max(cell.length, ...body.map((row) => row[column].length)))
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...body.map(line)].join('\n')
}

export function resultTable(rows, contenders) {
  const head = ['operation', 'size', ...contenders, 'avsc / ours']
  return table(
    head,
    rows.map((row) => [operations[row.operation], row.size, ...contenders.map((name) => formatTime(row.medians[name])), row.ratio]),
  )
}

/** What the numbers were measured on. */
export function machine() {
  const versionOf = (name) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
  let commit
  try {
    commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    commit = undefined
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    commit,
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    versions: Object.fromEntries(
      ['avsc', '@kafkajs/confluent-schema-registry', '@confluentinc/schemaregistry'].map((name) => [name, versionOf(name)]),
    ),
  }
}

export function markdown({ on, sizes, rows, contenders, samples, sampleTime, parts }) {
  const versions = Object.entries(on.versions).map(([name, version]) => `${name} ${version}`)
  return `# Latest results

CPU time per operation; medians of ${samples} samples of at least ${sampleTime / 1e6} ms, in one process, interleaved in a new random order each round: first kafka-evolve
and avsc, then the libraries that stand on avsc, then first messages (avsc slows down once many types have run in its process). The last column is avsc's time over ours: x2.00 is twice as fast.

${resultTable(rows, contenders)}

Sizes: ${sizes.map(({ size, about, bytes }) => `${size} = ${about}, ${bytes} B`).join('; ')} (v1, prefix included).

- *kafka-evolve* reads and writes the 5-byte prefix and keeps what the reader does not know. Its round trip reads v2 as v1, changes a field, writes v2.
- *avsc* reads and writes no prefix. Its resolver is made once; what v1 does not know is lost in "decode v2 as v1", so its round trip works in v2.
- *CSR* is \`@kafkajs/confluent-schema-registry\`, *Confluent* is \`@confluentinc/schemaregistry\`; caches warm, an \`await\` per message. Both lose what v1
  does not know and make a resolver per message when told to read as v1. Their round trips work in v2.
- The first message counts parsing the writer's schema, resolving the pair and decoding.

${Object.values(parts)
  .map(({ title, markdown: text }) => `## ${title}\n\n${text}\n`)
  .join('\n')}
Measured ${on.date}${on.commit === undefined ? '' : ` at ${on.commit}`}, Node ${on.node}, ${on.cpu}, ${on.memory}, ${on.system}. ${versions.join(', ')}.
`
}
