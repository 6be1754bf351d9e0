// Puts deliberate bugs (mutants.json) into a copy of the sources, one at a time, and holds that the tests catch each of them: first the
// case tables and the suite of codecs, then the random laws. Exit code 1 when one survives, or when one no longer applies to the sources.
// Run by `npm run test:mutants`; words on the command line pick the bugs that have one of them in their description or file.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Each: what it breaks, and one small edit of one file; `from` stands in it exactly once. */
const mutants = JSON.parse(readFileSync(new URL('mutants.json', import.meta.url), 'utf8'))
const words = process.argv.slice(2)
const chosen = mutants.filter(({ breaks, file }) => words.length === 0 || words.some((word) => `${breaks} ${file}`.includes(word)))

const quick = [
  'src/codec/avro/laws/edge',
  'src/codec/avro/conformance',
  'src/codec/avro/policy',
  'src/codec/avro/carry',
  'src/codec/avro/resolution',
  'src/codec/avro/custom',
  'src/resolution/merge',
]
const laws = [
  'src/codec/avro/compiled',
  ...['read', 'edit', 'copy', 'output', 'policy', 'carry', 'transplant', 'root', 'custom'].map(
    (name) => `src/codec/avro/laws/${name}-laws.test.ts`,
  ),
]
/** In one process without a fence between the files: they share nothing but caches, and start several times as fast. */
const stages = [
  { name: 'tables', files: quick, env: {} },
  { name: 'laws', files: laws, env: { LAWS_PAIRS: '120', LAWS_VALUES: '12' } },
]
const stagesFor = ({ file }) =>
  file.startsWith('src/testing/') ? [{ name: 'tables', files: ['src/testing/unknown-fields'], env: {} }] : stages
/** A bug may make a test run for ever; that is noticed, too. */
const patience = 180_000

function copyOfSources() {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-mutants-'))
  for (const part of ['src', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return folder
}

/** Whether the tests of a stage pass. */
function passes(folder, { files, env }) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const options = ['run', '--project', 'unit', '--bail', '1', '--maxWorkers', '1', '--no-isolate', '--reporter', 'dot', ...files]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, ...options], { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore' })
    const timer = setTimeout(() => child.kill('SIGKILL'), patience)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve(code === 0)
    })
  })
}

/** The name of the stage that catches a bug; `undefined` when none does. */
async function caughtBy(folder, mutant) {
  const { file, from, to } = mutant
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`${file} has not exactly once: ${from}`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  try {
    for (const stage of stagesFor(mutant)) if (!(await passes(folder, stage))) return stage.name
    return undefined
  } finally {
    writeFileSync(path, text)
  }
}

const problems = []
const queue = [...chosen]

async function work() {
  const folder = copyOfSources()
  try {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const started = performance.now()
      const stage = await caughtBy(folder, mutant).catch((error) => error)
      const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(7)
      const what = `${mutant.breaks} (${mutant.file})`
      if (typeof stage === 'string') console.log(`killed   ${seconds}  by the ${stage.padEnd(6)}  ${what}`)
      else {
        const word = stage instanceof Error ? 'STALE' : 'SURVIVED'
        problems.push(`${word}: ${what}`)
        console.log(`${word.padEnd(8)} ${seconds}                 ${what}${stage instanceof Error ? `\n         ${stage.message}` : ''}`)
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const folder = copyOfSources()
try {
  for (const stage of stages) if (!(await passes(folder, stage))) problems.push(`the ${stage.name} fail without any bug`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (problems.length === 0) await Promise.all([work(), work()])
console.log(problems.length === 0 ? `${chosen.length} of ${chosen.length} bugs are caught` : problems.join('\n'))
process.exitCode = problems.length === 0 ? 0 : 1
