// The random laws of unknown fields, for long: until a million edits were made, each in a message of its own or of a pair of its own.
// Run by `npm run test:laws`. LAWS_EDITS and LAWS_SEED make it longer or other. Exit code 1 when a law was broken.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = Number(process.env.LAWS_EDITS ?? 1_000_000)
const seed = Number(process.env.LAWS_SEED ?? 20_260_131)
const files = ['read', 'edit', 'copy', 'output', 'policy', 'carry', 'transplant', 'root', 'custom'].map(
  (name) => `src/codec/avro/laws/${name}-laws.test.ts`,
)
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-laws-'))

/** One round: 300 pairs, 50 messages of each, all laws. */
function run(round) {
  const tally = join(folder, String(round))
  const env = { ...process.env, LAWS_SEED: String(seed + round), LAWS_PAIRS: '300', LAWS_VALUES: '50', LAWS_TALLY: tally }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, 'run', '--project', 'unit', '--reporter', 'dot', ...files], { cwd: root, env })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0)
        resolve(
          sumOf(
            readFileSync(tally, 'utf8')
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line)),
          ),
        )
      else reject(new Error(`${Buffer.concat(chunks)}\nbroken in round ${round}: LAWS_SEED=${seed + round} LAWS_PAIRS=300 LAWS_VALUES=50`))
    })
  })
}

function sumOf(tallies) {
  const sum = { pairs: 0, values: 0, edits: 0, refusals: 0 }
  for (const tally of tallies) for (const key of Object.keys(sum)) sum[key] += tally[key]
  return sum
}

const started = performance.now()
let total = sumOf([])
let round = 0
try {
  for (; total.edits < wanted; round++) {
    total = sumOf([total, await run(round)])
    const seconds = Math.round((performance.now() - started) / 1000)
    const { values, edits, refusals } = total
    // Every law sees the same pairs, but for that of roots that are no records.
    const pairs = 2 * 300 * (round + 1)
    console.log(
      `round ${round + 1}, ${seconds} s: ${pairs} pairs, ${values} messages looked at, ${edits} edits, ${refusals} refused where they had to be`,
    )
  }
  console.log(`all laws hold (LAWS_SEED=${seed}, ${round} rounds)`)
} catch (error) {
  console.log(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
