import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const usage = (words) => `node --expose-gc main.mjs [options]
  --only <words>     comma-separated, any of ${words.join(', ')}; then nothing is written to results/
  --samples <n>      samples of each case (25)
  --sample-ms <n>    CPU time of a sample at least, in milliseconds (10)
  --dist <folder>    the build of kafka-evolve to measure (../dist)
  --check            compare the answers, measure nothing`

/**
 * What the command line asks for; prints what is wrong and exits with 1 where it makes no sense. `groups` are the words that `--only` takes, by
 * what they choose among; `isWanted(word, group)` is true where no word of the group was given, or this one was.
 */
export function readOptions(groups) {
  const words = Object.values(groups).flat()
  const stop = (problem, code) => {
    console.error(`${problem}${problem === '' ? '' : '\n'}${usage(words)}`)
    process.exit(code)
  }
  const text = { type: 'string' }
  const flag = { type: 'boolean', default: false }
  let given
  try {
    given = parseArgs({ options: { only: text, samples: text, 'sample-ms': text, dist: text, check: flag, help: flag } }).values
  } catch (error) {
    stop(error.message, 1)
  }
  if (given.help) stop('', 0)
  const samples = Number(given.samples ?? 25)
  const sampleTime = Number(given['sample-ms'] ?? 10) * 1e6
  if (!(Number.isInteger(samples) && samples > 0 && sampleTime > 0)) stop('samples and sample-ms are positive numbers', 1)
  const only = given.only?.split(',') ?? []
  const unknown = only.filter((word) => !words.includes(word))
  if (unknown.length > 0) stop(`unknown: ${unknown.join(', ')}`, 1)
  const dist = resolve(given.dist ?? fileURLToPath(new URL('../../dist', import.meta.url)))
  const entry = `${dist}/avro.js`
  if (!existsSync(entry)) stop(`${entry} is missing: run "npm run build" in the project first`, 1)
  const isWanted = (word, group) => !groups[group].some((one) => only.includes(one)) || only.includes(word)
  return { dist, entry, samples, sampleTime, isCheckOnly: given.check, isPartial: only.length > 0, isWanted }
}
