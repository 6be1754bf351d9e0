/**
 * Fetches the clients of Confluent for Python (into `.cache/clients`) and for JavaScript (with the benches, which use it too): for the integration tests that
 * run against clients made by others. Does nothing when they are there.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = `${root}docker/python-clients.txt`
const key = createHash('sha256').update(readFileSync(wanted)).digest('hex').slice(0, 12)
const home = `.cache/clients/python-${key}`

if (existsSync(`${root}${home}`)) {
  console.log(`The Python clients are there (${home}).`)
} else {
  console.log('Fetching the Python clients (60 MB, once) …')
  const partial = `${root}${home}.${process.pid}.partial`
  try {
    run('python3', ['-m', 'venv', partial], 'python3 makes an environment for them: Debian and Ubuntu have it in the package python3-venv')
    run(`${partial}/bin/python`, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', wanted], 'pip fetches them')
    rmSync(`${root}${home}`, { recursive: true, force: true })
    renameSync(partial, `${root}${home}`)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  console.log(`The Python clients are ready (${home}).`)
}

if (existsSync(`${root}bench/node_modules/@confluentinc/schemaregistry`)) {
  console.log('The JavaScript client is there (bench/node_modules).')
} else {
  run('npm', ['--prefix', `${root}bench`, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], 'npm fetches the JavaScript client')
}

function run(command, args, why) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status === 0) return
  console.error(`${command} ${args.slice(0, 3).join(' ')} failed: ${why}.`)
  process.exit(1)
}
