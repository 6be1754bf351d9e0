// The registry server under load: start-up on a large file store, memory, reads and registrations. Beside it Apicurio Registry (in memory), where it
// was fetched (`npm run setup:apicurio`), with less content, which it must be given over HTTP. On Linux.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { schemaText, writeStore } from './lib/registry-content.mjs'
import { connections, fill, measureServer } from './lib/registry-load.mjs'
import { startApicurio, startOurs } from './lib/registry-servers.mjs'
import { machine, table } from './lib/report.mjs'

const { values: options } = parseArgs({
  options: {
    subjects: { type: 'string', default: '10000' },
    versions: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '20' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    /** Any of large, small, apicurio; then nothing is written to results/. */
    only: { type: 'string' },
  },
})
/** What else the machine has to do. */
const load = loadavg()[0].toFixed(1)
const rates = { readsPerSecond: 2_000, writesPerSecond: 200, seconds: Number(options.seconds) }
const large = { subjects: Number(options.subjects), versions: Number(options.versions) }
const small = { subjects: 200, versions: 10 }

async function inFolder(action) {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-bench-'))
  try {
    return await action(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function stopped(server, action) {
  try {
    return await action(server)
  } finally {
    await server.stop()
  }
}

const runs = {
  large: () =>
    inFolder(async (folder) => {
      const api = await import(pathToFileURL(join(options.dist, 'registry/index.js')).href)
      await writeStore(api, join(folder, 'schemas.log'), large.subjects, large.versions)
      const ids = Array.from({ length: large.subjects * large.versions }, (_, at) => at + 1)
      return stopped(await startOurs(options.dist, `file:${folder}`), (server) => measureServer(server, { ...large, ids }, rates))
    }),
  small: () =>
    inFolder(async (folder) =>
      stopped(await startOurs(options.dist, `file:${folder}`), async (server) => measureServer(server, await fill(server, small), rates)),
    ),
  apicurio: async () => {
    const apicurio = await startApicurio()
    if (apicurio === undefined) return undefined
    return stopped(apicurio, async (server) => measureServer(server, await fill(server, small), rates))
  },
}
const names = {
  large: `kafka-evolve, file store, ${large.subjects} × ${large.versions}`,
  small: `kafka-evolve, file store, ${small.subjects} × ${small.versions}`,
  apicurio: `Apicurio Registry, in memory, ${small.subjects} × ${small.versions}`,
}

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const count = (value) => String(Math.round(value))
const times = ({ p50, p99, max }) => `${ms(p50)} / ${ms(p99)} / ${ms(max)}`

function rowsOf(key, { started, atRates, most }) {
  const name = names[key]
  return [
    [name, 'ready after', ms(started.startMs)],
    [name, 'memory when ready', `${count(started.rss)} MB`],
    [name, `${rates.readsPerSecond} reads/s offered`, `${count(atRates.reads.perSecond)}/s, ${times(atRates.reads)}`],
    [name, `with ${rates.writesPerSecond} registrations/s`, `${count(atRates.writes.perSecond)}/s, ${times(atRates.writes)}`],
    [name, '… memory, CPU', `${count(atRates.rss)} MB, ${Math.round(atRates.cpuShare * 100)} % of a core`],
    [name, '… CPU time for one answer', `${atRates.cpuMs.toFixed(2)} ms`],
    [name, `most reads/s, ${connections} connections`, `${count(most.reads.perSecond)}/s, ${times(most.reads)}`],
    [name, 'most registrations/s', `${count(most.writes.perSecond)}/s, ${times(most.writes)}`],
    [name, '… memory at the end', `${count(most.rss)} MB`],
  ]
}

const wanted = options.only?.split(',') ?? Object.keys(runs)
const results = {}
for (const key of wanted) {
  const result = await runs[key]()
  if (result === undefined) {
    console.log(`${names[key]}: not fetched (npm run setup:apicurio)`)
    continue
  }
  results[key] = result
  console.log(table(['server', 'what', 'result'], rowsOf(key, result)))
}
if (options.only === undefined) write()

function write() {
  const { small: ours, apicurio } = results
  const ratio = (of) => (of(ours) / of(apicurio)).toFixed(2)
  const on = machine()
  const lines = [
    '# The registry server under load',
    '',
    `Measured by \`npm run bench:registry\` on ${on.cpu}, ${on.memory}, Node ${on.node}, commit ${on.commit}, ${on.date}, at a load average of ${load} before. Client and server share the machine. Times are median / 99th percentile / longest;`,
    `at an offered rate they count from when the request was due. Schemas have ${schemaText(1, 1).length} to ${schemaText(1, large.versions).length} characters; 6 of 10 reads are by ID,`,
    '2 the latest of a subject, 2 a look-up of a schema. The level is BACKWARD; a registration is answered when it is on the disk (fsync).',
    '',
    table(
      ['server', 'what', 'result'],
      Object.entries(results).flatMap(([key, result]) => rowsOf(key, result)),
    ),
    '',
    ...(apicurio === undefined
      ? []
      : [
          `As fast as it goes, with the same content, kafka-evolve on its file answers ${ratio(({ most }) => most.reads.perSecond)} times as many reads and ${ratio(({ most }) => most.writes.perSecond)} times as many registrations a second as`,
          `Apicurio Registry in memory (at its default level, NONE), with ${ratio(({ most }) => most.rss)} of its memory and ${ratio(({ atRates }) => atRates.cpuMs)} of its CPU time for an answer.`,
          '',
        ]),
  ]
  mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
  writeFileSync(new URL('results/registry.md', import.meta.url), lines.join('\n'))
  console.log('Written: bench/results/registry.md')
}
