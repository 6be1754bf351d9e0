import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ticksPerSecond = 100

/** What /proc says of a process; the benches run on Linux only. */
function processOf(child, startMs, url) {
  const proc = (file) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    url,
    startMs,
    /** Megabytes now. */
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(proc('status'))[1]) / 1024,
    cpuSeconds: () => {
      const fields = proc('stat')
        .slice(proc('stat').lastIndexOf(')') + 2)
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** `kafka-evolve registry` on this store, and how long it took until its first line. */
export async function startOurs(dist, store) {
  const began = performance.now()
  const argv = [join(dist, 'cli/main.js'), 'registry', '--port', '0', '--store', store, '--log-level', 'warn']
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise((resolve, reject) => {
    child.stdout.once('data', (bytes) => resolve(bytes.toString().trim()))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  return processOf(child, performance.now() - began, line)
}

/** Apicurio Registry, everything in memory; `undefined` where it was not fetched. */
export async function startApicurio() {
  const version = /<apicurio\.version>(.+)<\/apicurio\.version>/.exec(readFileSync(join(root, 'docker/apicurio/pom.xml'), 'utf8'))[1]
  const jar = join(root, `.cache/apicurio/${version}/apicurio-registry-app-${version}-runner.jar`)
  if (!existsSync(jar)) return undefined
  const began = performance.now()
  const port = await freePort()
  const child = spawn('java', ['-Xmx1g', '-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`, '-jar', jar], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  while (
    !(await fetch(`${url}/subjects`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`Apicurio Registry ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { ...processOf(child, performance.now() - began, url), version }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
