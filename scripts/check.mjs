// Every static check of the repository, one line each; the full output of those that fail. Exit code 1 if any failed.
// Run by `npm run check`. Needs nothing but Node and the installed dev dependencies, and no network.
import { spawn } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')
const build = join(root, 'build', 'check')
const bin = (name) => join(root, 'node_modules', '.bin', name)
const read = (path) => readFileSync(join(root, path), 'utf8')

/** What a check found wrong; its text is printed below the line. */
class Finding extends Error {}

/** Runs a program in the repository. Resolves with its output, rejects with a Finding when it fails. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', npm_config_loglevel: 'error', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    const chunks = []
    const standard = []
    child.stdout.on('data', (chunk) => chunks.push(chunk) && standard.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => reject(new Finding(`${command} cannot be started: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(standard).toString())
      else reject(new Finding(`${Buffer.concat(chunks).toString()}\n${command} ended with ${signal ?? `code ${code}`}`))
    })
  })
}

function expectNone(problems) {
  if (problems.length > 0) throw new Finding(problems.join('\n'))
}

/** Sources, tests, examples and integration tests, under the strict options of tsconfig.json. */
const types = () => run(bin('tsc'), ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'build/check/types.tsbuildinfo'])

const biome = () => run(bin('biome'), ['ci', '--colors=off', '--max-diagnostics=200', '--error-on-warnings', '.'])

const knip = () => run(bin('knip'), ['--no-progress', '--no-config-hints'])

/** The type tests: `src/**\/*.test-d.ts`. */
const typeTests = () => run(bin('vitest'), ['run', '--project', 'types', '--reporter', 'dot'])

/** Every file that git tracks or would track. */
async function trackedFiles() {
  const output = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'])
  return output.split('\0').filter((file) => file !== '' && lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile())
}

/** Nothing in the repository may depend on where, or with which package servers, it was made. */
async function portable() {
  const parent = dirname(root)
  const common = ['/', '/app', '/build', '/builds', '/home', '/opt', '/repo', '/root', '/src', '/srv', '/tmp', '/usr', '/workspace']
  const own = [root, ...[parent, homedir()].filter((path) => !common.includes(path))].map((path) => escaped(path))
  const registry = new URL((await run('npm', ['config', 'get', 'registry'])).trim()).host
  const patterns = [
    new RegExp(`(?<![\\w.@:/-])(?:${own.join('|')})(?![\\w-])`),
    /(?<![\w.@:/-])\/(?:home|Users)\/[a-z]\w*\//,
    /registry\.npmjs\.org|registry\.yarnpkg\.com|repo1?\.maven\.(?:apache\.)?org/,
    new RegExp(escaped(registry)),
  ]
  const problems = []
  for (const file of await trackedFiles()) {
    const bytes = readFileSync(join(root, file))
    if (bytes.includes(0)) continue
    for (const [at, line] of bytes.toString().split('\n').entries()) {
      const hit = patterns.map((pattern) => pattern.exec(line)?.[0]).find((text) => text !== undefined)
      if (hit !== undefined) problems.push(`${file}:${at + 1} names ${hit}`)
    }
  }
  expectNone(problems)
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A lock file that names hosts installs from those hosts only. */
function locks() {
  const files = ['package-lock.json', 'bench/package-lock.json'].filter((file) => existsSync(join(root, file)))
  const hit = /"resolved": "(?:http|git)[^"]*"/g
  expectNone(files.flatMap((file) => [...read(file).matchAll(hit)].map((match) => `${file}: ${match[0]}`)))
  if (existsSync(join(root, 'bench/package.json')) && files.length < 2) throw new Finding('bench/package-lock.json is missing')
  return `${files.length} lock files`
}

/** Sizes of the source files. The ceiling is held by src/rooms.test.ts. */
function sizes() {
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => /(?<!\.test|\.test-d|\.test-support)\.ts$/.test(file))
  const counted = files.map((file) => ({ file, lines: read(join('src', file)).split('\n').length - 1 })).sort((a, b) => a.lines - b.lines)
  const median = counted[Math.floor(counted.length / 2)].lines
  const longest = counted.at(-1)
  return `${counted.length} files, median ${median} lines, longest ${longest.lines} (${longest.file})`
}

/** Builds, packs, and looks at what a user would install. */
async function pack() {
  await run(bin('tsc'), ['-p', 'tsconfig.build.json'])
  const folder = join(build, 'pack')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const [packed] = JSON.parse(await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]))
  const paths = packed.files.map((file) => file.path)
  const stray = paths.filter((path) => /\.tsbuildinfo$|\.test(-d|-support)?\.|node_modules|\.log$|\/target\//.test(path))
  const stale = paths.filter(
    (path) => path.startsWith('dist/') && path.endsWith('.js') && !existsSync(join(root, `src${path.slice(4, -3)}.ts`)),
  )
  const missing = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js'].filter(
    (path) => !paths.includes(path),
  )
  expectNone([
    ...stray.map((path) => `${path} does not belong in the package`),
    ...stale.map((path) => `${path} has no source any more: remove dist and build again`),
    ...missing.map((path) => `${path} is missing from the package`),
  ])
  return { file: join(folder, packed.filename), text: `${paths.length} files, ${Math.round(packed.size / 1024)} kB packed` }
}

const publint = ({ file }) => run(bin('publint'), ['run', file, '--strict'])

const attw = ({ file }) => run(bin('attw'), [file, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--format', 'ascii'])

/** The pages that users read. */
const pages = () => [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/**
 * Compiles the TypeScript of README.md and docs/ against the built package. Blocks of one page whose info string has the same second word
 * (```ts guide) are one file, in the order of the text.
 */
async function readme() {
  const folder = join(build, 'readme')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const files = new Map()
  let count = 0
  for (const page of pages()) {
    const stem = page.replace(/\W+/g, '-')
    for (const [, name = `block-${count + 1}`, code] of read(page).matchAll(/^```(?:ts|typescript)(?: (\S+))?\n([\s\S]*?)^```$/gm)) {
      const file = `${stem}-${name}`
      files.set(file, `${files.get(file) ?? ''}${code}`)
      count += 1
    }
  }
  if (count === 0) throw new Finding('README.md has no TypeScript')
  for (const [name, code] of files) writeFileSync(join(folder, `${name}.ts`), `${code}export {}\n`)
  // No `paths`: the package's own name resolves through its `exports`, as it does for a user.
  const compilerOptions = { isolatedDeclarations: false, declaration: false, paths: {}, rootDir: '.', types: ['node'] }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] }),
  )
  await run(bin('tsc'), ['-p', join(folder, 'tsconfig.json')])
  return `${count} blocks`
}

/** [name, check, name of the check whose result it needs] */
const checks = [
  ['types', types],
  ['pack', pack],
  ['biome', biome],
  ['knip', knip],
  ['no machine paths or registry hosts', portable],
  ['lock files name no host', locks],
  ['publint', publint, 'pack'],
  ['attw', attw, 'pack'],
  ['README and docs compile', readme, 'pack'],
  ['type tests', typeTests],
  ['sizes of src', sizes],
]

const finished = new Map()
let failed = 0

async function perform([name, check, needs]) {
  const input = needs === undefined ? undefined : await finished.get(needs)
  const started = performance.now()
  const report = (mark, text) =>
    console.log(`${mark} ${name.padEnd(36)} ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`.trimEnd())
  if (needs !== undefined && input === undefined) {
    failed += 1
    report('FAIL', `not run: needs ${needs}`)
    return undefined
  }
  try {
    const result = (await check(input)) ?? ''
    const text = result.text ?? result
    report(' ok ', text.includes('\n') ? '' : text)
    return result
  } catch (error) {
    failed += 1
    report('FAIL', '')
    console.log(`${(error instanceof Finding ? error.message : error.stack).trim().replace(/^/gm, '       ')}\n`)
    return undefined
  }
}

/** Two at a time: enough for a small machine. A check that needs another one stands behind it in the list, so none waits for ever. */
async function main() {
  const settle = new Map()
  for (const [name] of checks) finished.set(name, new Promise((resolve) => settle.set(name, resolve)))
  const queue = [...checks]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) settle.get(next[0])(await perform(next))
  }
  mkdirSync(build, { recursive: true })
  await Promise.all([worker(), worker()])
  console.log(failed === 0 ? `${checks.length} checks passed` : `${failed} of ${checks.length} checks failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

await main()
