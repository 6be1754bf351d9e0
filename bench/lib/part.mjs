import { spawnSync } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const at = process.argv.indexOf('--dist')
const dist = at > 0 ? process.argv[at + 1] : fileURLToPath(new URL('../../dist', import.meta.url))

/** A module of the build to measure: `--dist <folder>`, else the project's own. */
export const load = (name) => import(pathToFileURL(`${dist}/${name}.js`).href)

/** Bytes in use after a full collection. */
export function bytesInUse() {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Ends one of the smaller benches: prints its Markdown, or with `--json` all that {@link runPart} takes. */
export function finish(result, markdown) {
  console.log(process.argv.includes('--json') ? JSON.stringify({ result, markdown }) : markdown)
}

/** Runs a smaller bench in a process of its own. Each has a heap and types that no other may touch. */
export function runPart(name, folder = dist) {
  const file = fileURLToPath(new URL(`../${name}.mjs`, import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', file, '--json', '--dist', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${name}.mjs ended with ${status}`)
  return JSON.parse(stdout)
}
