// Feeds damaged messages, schemas and values to the Avro engine, walked and compiled, and compares what they make of them.
// `npm run fuzz -- --seconds 600 --seed 1`. Prints what it did, and whatever it found with the seed that finds it again;
// exit code 1 if it found anything. Runs the sources; needs nothing but Node and the installed dev dependencies.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import ts from 'typescript'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'build', 'fuzz')

/** Turns the sources, and what supports their tests, into JavaScript. */
function transpile() {
  rmSync(target, { recursive: true, force: true })
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => /(?<!\.test|\.test-d)\.ts$/.test(file))
  for (const file of files) {
    const compilerOptions = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    }
    const { outputText } = ts.transpileModule(readFileSync(join(root, 'src', file), 'utf8'), { compilerOptions, fileName: file })
    const path = join(target, file.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, outputText)
  }
}

transpile()
const { fuzz } = await import(pathToFileURL(join(target, 'codec/avro/hostile/fuzz.test-support.js')).href)
const end = Date.now() + Number(values.seconds) * 1000
const report = fuzz(Number(values.seed), () => Date.now() < end)
console.log(`seed ${values.seed}: ${report.pairs} pairs, ${report.executions} executions, slowest pair ${Math.round(report.slowest)} ms`)
console.log(
  Object.entries(report.outcomes)
    .sort((left, right) => right[1] - left[1])
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', '),
)
for (const finding of report.findings) console.log(`\n${finding}`)
process.exitCode = report.findings.length > 0 ? 1 : 0
