/**
 * Cleans up after a launcher that died. Its standard input is a pipe the launcher holds: however the launcher ends (a signal, SIGKILL,
 * a crash), the pipe closes, and what is still listed is killed and removed. `done` on the pipe means that nothing is left to do.
 *
 * Argument: `{ folder?, label?, engine? }` as JSON: the temporary folder, the label of the containers and networks, and where the
 * Docker engine listens. Lines on the pipe: `+PID` (watch this process), `-PID` (it is gone), `done`.
 */
import { rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createInterface } from 'node:readline'

const { folder, label, engine } = JSON.parse(process.argv[2] ?? '{}')
const pids = new Set()

// Ctrl-C goes to the whole terminal; whoever cleans up has to outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'done') process.exit(0)
  if (line.startsWith('+')) pids.add(Number(line.slice(1)))
  if (line.startsWith('-')) pids.delete(Number(line.slice(1)))
}

for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
await Promise.allSettled([removeFolder(), removeContainers()])

async function removeFolder() {
  // A process that was just killed may still hold the folder for a moment.
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

async function removeContainers() {
  if (label === undefined || engine === undefined) return
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }))
  const containers = await ask('GET', `/containers/json?all=1&filters=${filters}`)
  await Promise.allSettled(containers.map(({ Id }) => ask('DELETE', `/containers/${Id}?force=1&v=1`)))
  const networks = await ask('GET', `/networks?filters=${filters}`)
  await Promise.allSettled(networks.map(({ Id }) => ask('DELETE', `/networks/${Id}`)))
}

function ask(method, path) {
  return new Promise((resolve, reject) => {
    const sent = request({ ...engine, method, path, timeout: 20_000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part) => {
        text += part
      })
      answer.on('end', () => resolve(text === '' ? undefined : JSON.parse(text)))
    })
    sent.on('timeout', () => sent.destroy(new Error('the engine does not answer')))
    sent.on('error', reject)
    sent.end()
  })
}
