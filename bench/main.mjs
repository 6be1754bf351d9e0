import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { avscContender } from './contenders/avsc.mjs'
import { confluentContender } from './contenders/confluent.mjs'
import { csrContender } from './contenders/csr.mjs'
import { oursContender } from './contenders/ours.mjs'
import { check } from './lib/check.mjs'
import { measure, median } from './lib/measure.mjs'
import { readOptions } from './lib/options.mjs'
import { runPart } from './lib/part.mjs'
import { startRegistry } from './lib/registry.mjs'
import { machine, markdown, operations, resultTable, rowsOf } from './lib/report.mjs'
import { registryContent, subjectsOf } from './lib/subjects.mjs'
import { payloads } from './payloads.mjs'

const makers = { ours: oursContender, avsc: avscContender, csr: csrContender, confluent: confluentContender }
/** The smaller benches, each in a process of its own. */
const partTitles = {
  heap: 'Memory that a kept message takes',
  'many-pairs': 'Ten thousand pairs of schemas in one process',
  consumers: 'Messages per second of CPU time: read v2 as v1, changed, written as v2, an `await` for each step',
}
const options = readOptions({
  sizes: payloads.map(({ size }) => size),
  operations: Object.keys(operations),
  contenders: Object.keys(makers),
})
const api = await import(pathToFileURL(options.entry).href)
const subjects = subjectsOf(payloads.filter(({ size }) => options.isWanted(size, 'sizes')))
const registry = await startRegistry(registryContent(subjects))
try {
  await run()
} finally {
  await registry.close()
}

async function run() {
  const cases = []
  for (const subject of subjects) {
    const contenders = Object.entries(makers).map(([key, make]) => ({ key, ...make({ ...subject, api, url: registry.url }) }))
    await check(subject, contenders)
    for (const contender of contenders.filter(({ key }) => options.isWanted(key, 'contenders'))) {
      for (const operation of Object.keys(operations).filter(
        (one) => contender[one] !== undefined && options.isWanted(one, 'operations'),
      )) {
        cases.push({ size: subject.size, operation, contender: contender.name, run: loop(contender[operation]) })
      }
    }
  }
  const sizes = subjects.map(({ size, about, framedV1 }) => ({ size, about, bytes: framedV1.length }))
  console.log(
    `All answers are equal (${sizes.map(({ size, bytes }) => `${size} ${bytes} B`).join(', ')}); kafka-evolve lost nothing unknown.`,
  )
  if (options.isCheckOnly) return

  const onRound = process.stderr.isTTY ? (round) => process.stderr.write(`\rround ${round + 1} of ${options.samples} \r`) : undefined
  for (const phase of phasesOf(cases)) await measure(phase, { ...options, warmup: 8 * options.sampleTime, onRound })

  const contenders = [...new Set(cases.map((one) => one.contender))]
  const rows = rowsOf(cases, contenders)
  console.log(`\n${resultTable(rows, contenders)}\n`)
  console.log(`Quartiles lie ${Math.round(median(cases.map((one) => one.spread)) * 100)} % of the median apart (median over all cases).`)
  if (options.isPartial) return
  const parts = {}
  for (const [name, title] of Object.entries(partTitles)) {
    parts[name] = { title, ...runPart(name, options.dist) }
    console.log(`\n${title}\n\n${parts[name].markdown}`)
  }
  write({ on: machine(), sizes, rows, contenders, cases, parts, ...options })
}

/**
 * What is measured together. avsc slows down, up to twice, once code of many types has run in its process; so first it and we, then the libraries
 * that stand on it and make resolvers all the time, and last what makes types all the time.
 */
function phasesOf(cases) {
  const phase = ({ operation, contender }) => (operation === 'firstMessage' ? 2 : contender === 'CSR' || contender === 'Confluent' ? 1 : 0)
  return [0, 1, 2].map((number) => cases.filter((one) => phase(one) === number)).filter((some) => some.length > 0)
}

function write(results) {
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('latest.md', folder), markdown(results))
  const { on, sizes, samples, cases, parts } = results
  const kept = cases.map(({ size, operation, contender, iterations, median, spread }) => ({
    size,
    operation,
    contender,
    iterations,
    median,
    spread,
  }))
  const partResults = Object.fromEntries(Object.entries(parts).map(([name, { result }]) => [name, result]))
  writeFileSync(
    new URL('latest.json', folder),
    `${JSON.stringify({ on, sizes, samples, unit: 'ns', results: kept, parts: partResults }, undefined, 2)}\n`,
  )
  console.log('Written: bench/results/latest.md, latest.json')
}

/** A function that does the work so often, keeping the last answer alive; async where the work is. */
function loop(work) {
  let kept = work()
  if (kept instanceof Promise) {
    return async (iterations) => {
      await kept
      for (let i = 0; i < iterations; i++) kept = await work()
    }
  }
  return (iterations) => {
    for (let i = 0; i < iterations; i++) kept = work()
  }
}
