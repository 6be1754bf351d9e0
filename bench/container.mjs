// Object container files against avsc 5.7.9: CPU time for each record, the median of five rounds, both libraries in turn.
// Run after `npm run build`: node bench/container.mjs
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import avsc from 'avsc'
import { parseSchema, readContainer, writeContainer } from '../dist/avro.js'
import { payloads } from './payloads.mjs'

const ROUNDS = 5
const folder = mkdtempSync(join(tmpdir(), 'bench-container-'))

async function cpuOf(action) {
  const before = process.cpuUsage()
  await action()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1]

function avscWrite(path, schema, records, codec) {
  const encoder = avsc.createFileEncoder(path, schema, { codec, blockSize: 65_536 })
  const source = records()
  return new Promise((resolve, reject) => {
    const pump = () => {
      for (let step = source.next(); ; step = source.next()) {
        if (step.done) return encoder.end()
        if (!encoder.write(step.value)) return encoder.once('drain', pump)
      }
    }
    encoder.on('finish', resolve).on('error', reject)
    pump()
  })
}

function avscRead(path) {
  let count = 0
  return new Promise((resolve, reject) => {
    avsc
      .createFileDecoder(path)
      .on('data', () => count++)
      .on('end', () => resolve(count))
      .on('error', reject)
  })
}

async function read(path) {
  let count = 0
  for await (const _record of readContainer(path)) count++
  return count
}

async function readBlocks(path) {
  let count = 0
  for await (const block of (await readContainer(path)).blocks()) for (const _record of block) count++
  return count
}

try {
  for (const { size, v1, value } of payloads.slice(0, 2)) {
    const count = size === 'S' ? 200_000 : 40_000
    const records = function* () {
      for (let index = 0; index < count; index++) yield value
    }
    for (const codec of ['null', 'deflate']) {
      const [mine, theirs] = [join(folder, 'mine.avro'), join(folder, 'theirs.avro')]
      const cases = {
        'write, avsc': () => avscWrite(theirs, v1, records, codec),
        write: () => writeContainer(mine, parseSchema(v1), records(), { codec }),
        'read, avsc': () => avscRead(mine),
        read: () => read(mine),
        'read by blocks': () => readBlocks(mine),
      }
      const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
      for (let round = 0; round <= ROUNDS; round++) {
        for (const [name, run] of Object.entries(cases)) {
          const time = await cpuOf(run)
          if (round > 0) times[name].push(time / count)
        }
      }
      const row = Object.entries(times).map(([name, list]) => `${name} ${median(list).toFixed(2)}`)
      console.log(`${size}, ${codec}, ${(statSync(mine).size / 1e6).toFixed(1)} MB, µs of CPU for each record: ${row.join('; ')}`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
