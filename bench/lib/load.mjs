import { Agent, request } from 'node:http'

const type = 'application/vnd.schemaregistry.v1+json'

/** A client of one server that keeps its connections. */
export function clientOf(url, connections) {
  const { hostname, port, pathname } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const base = pathname === '/' ? '' : pathname
  const ask = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }
      const outgoing = request({ hostname, port, path: `${base}${path}`, method, agent, headers }, (response) => {
        const parts = []
        response.on('data', (part) => parts.push(part))
        response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }))
        response.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end(text)
    })
  return { ask, close: () => agent.destroy() }
}

/** Does the work as often as it can, `workers` at once, for a time. Gives how often a second, and the times that single ones took. */
export async function asFastAsItGoes(work, workers, seconds) {
  const times = []
  const until = performance.now() + seconds * 1_000
  const began = performance.now()
  const worker = async () => {
    while (performance.now() < until) {
      const start = performance.now()
      await work()
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return summary(times, (performance.now() - began) / 1_000)
}

/**
 * Begins the work so often a second, whether or not what was begun before has ended: a server that stalls is seen to stall. The time of each
 * counts from when it should have begun.
 */
export async function atRate(work, rate, seconds) {
  const times = []
  const running = []
  const began = performance.now()
  const total = Math.round(rate * seconds)
  for (let done = 0; done < total; ) {
    const due = Math.min(total, Math.ceil(((performance.now() - began) / 1_000) * rate))
    for (; done < due; done += 1) {
      const start = began + (done / rate) * 1_000
      running.push(work().then(() => times.push(performance.now() - start)))
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(running)
  return summary(times, (performance.now() - began) / 1_000)
}

function summary(times, seconds) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), max: sorted.at(-1), count: times.length }
}
