/**
 * What `npm run demo`, `npm test` and `npm run check` do first: install when node_modules is missing or of another lockfile, build when
 * dist or build are missing or of other sources. When nothing is to be done it takes a fraction of a second. It runs before anything is
 * installed, so it uses Node alone; it speaks on standard error, because what comes after may write JSON to standard output.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const stamp = join(root, 'build', '.prepared')

try {
  checkNode()
  if (!isInstalled()) npm(['ci', '--include=dev', '--no-progress', '--loglevel=error'], 'installing packages (npm ci)')
  build()
} catch (error) {
  process.stderr.write(`kafka-evolve: ${error.message}\n`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return
  const { engines } = readJson('package.json')
  throw new Error(`this is Node ${process.versions.node}, and it needs ${engines.node}; https://nodejs.org/en/download has it`)
}

/** Whether node_modules holds what package-lock.json says. npm writes what it installed into a lockfile of its own there. */
function isInstalled() {
  const wanted = readJson('package-lock.json')
  const hidden = join('node_modules', '.package-lock.json')
  if (!existsSync(join(root, hidden))) return false
  const installed = readJson(hidden).packages ?? {}
  return Object.entries(wanted.packages).every(([path, { version, integrity, optional, link }]) => {
    if (path === '' || link) return true
    const found = installed[path]
    // An optional package of another platform is not installed.
    if (found === undefined) return optional === true
    return found.version === version && found.integrity === integrity
  })
}

function build() {
  const now = sources()
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8').split('\n') : []
  if (before.join('\n') === now.join('\n') && existsSync(join(root, 'dist'))) return
  const names = new Set(now.map(nameOf))
  // What was compiled from a file that is gone would stay for ever.
  if (!before.every((line) => names.has(nameOf(line)))) {
    for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })
  }
  npm(['run', '--silent', 'build'], 'building')
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(stamp, now.join('\n'))
}

/** One line for each file that the build reads: its name, size and time. */
function sources() {
  const folders = ['src', 'examples'].filter((folder) => existsSync(join(root, folder)))
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  )
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\.(ts|mts|json)$/.test(path) && !/\.test(-d)?\.ts$/.test(path))
  const configs = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(root, name))
  const lines = [...paths, ...configs].map((path) => {
    const { size, mtimeMs } = statSync(path)
    return `${relative(root, path).split(sep).join('/')}\t${size}\t${mtimeMs}`
  })
  return lines.sort()
}

function nameOf(line) {
  return line.split('\t')[0]
}

function npm(args, doing) {
  process.stderr.write(`kafka-evolve: ${doing} …\n`)
  const cli = process.env.npm_execpath
  const own = cli !== undefined && /npm-cli\.c?js$/.test(cli)
  const { error, status, signal, stdout, stderr } = spawnSync(own ? process.execPath : 'npm', own ? [cli, ...args] : args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    shell: !own && process.platform === 'win32',
  })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  if (error?.code === 'ENOENT') throw new Error('npm is not installed; it comes with Node (on Debian: the package npm)')
  throw new Error(`${doing} failed (${error?.message ?? signal ?? `exit code ${status}`})`)
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error.message}`)
  }
}
