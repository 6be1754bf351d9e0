/**
 * Fetches Apicurio Registry (about 140 MB, once) into `.cache/apicurio/VERSION`, for the integration tests that run against a registry
 * made by others. Does nothing when it is there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const pom = `${root}docker/apicurio/pom.xml`
const version = /<apicurio\.version>(.+)<\/apicurio\.version>/.exec(readFileSync(pom, 'utf8'))?.[1] ?? fail(`${pom} names no version.`)
const home = `.cache/apicurio/${version}`
const jar = `apicurio-registry-app-${version}-runner.jar`

if (existsSync(`${root}${home}/${jar}`)) {
  console.log(`Apicurio Registry ${version} is there (${home}).`)
} else {
  need('java', ['-version'], 'Java 17 runs Apicurio Registry', 'openjdk-17-jre-headless')
  need('mvn', ['--version'], 'Maven fetches Apicurio Registry', 'maven')
  console.log(`Fetching Apicurio Registry ${version} (140 MB, once) …`)
  const problem = fetchInto(`${root}${home}`)
  if (problem !== undefined) fail(problem)
  console.log(`Apicurio Registry ${version} is ready (${home}).`)
}

/**
 * A fetch that is cut off leaves nothing that looks whole: it goes to a folder of its own, which gets its name at the end.
 * Gives what went wrong, if anything did.
 */
function fetchInto(folder) {
  const partial = `${folder}.${process.pid}.partial`
  mkdirSync(partial, { recursive: true })
  try {
    const { status } = spawnSync('mvn', ['-q', '-B', '-f', pom, `-Dhome=${partial}`, 'dependency:unpack'], { stdio: 'inherit' })
    if (status !== 0) return 'Maven could not fetch Apicurio Registry; what it said is above.'
    if (!existsSync(`${partial}/${jar}`)) return `What Maven fetched holds no ${jar}.`
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
    return undefined
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

function need(command, args, why, debianPackage) {
  const { status } = spawnSync(command, args, { stdio: 'ignore' })
  if (status !== 0) fail(`${command} is missing: ${why}. Debian and Ubuntu have it in the package ${debianPackage}.`)
}

/** Says in one line what is wrong, and ends. */
function fail(message) {
  console.error(message)
  process.exit(1)
}
