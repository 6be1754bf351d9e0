import { asFastAsItGoes, atRate, clientOf } from './load.mjs'
import { schemaText, subjectName } from './registry-content.mjs'

const random = (below) => Math.floor(Math.random() * below)
export const connections = 32

async function expectDone(answer) {
  const { status, text } = await answer
  if (status !== 200) throw new Error(`answered ${status}: ${text}`)
  return JSON.parse(text)
}

/** Reads as clients do them: by ID (a consumer that starts), the latest of a subject, a look-up (a producer that starts). */
function reader({ ask }, content) {
  return async () => {
    const kind = Math.random()
    const subject = random(content.subjects)
    if (kind < 0.6) await expectDone(ask('GET', `/schemas/ids/${content.ids[random(content.ids.length)]}`))
    else if (kind < 0.8) await expectDone(ask('GET', `/subjects/${subjectName(subject)}/versions/latest`))
    else await expectDone(ask('POST', `/subjects/${subjectName(subject)}`, { schema: schemaText(subject, 1 + random(content.versions)) }))
  }
}

/** Registers what is new: the next version of one subject after the other. */
function writer({ ask }, content) {
  let next = 0
  return async () => {
    const [subject, version] = [next % content.subjects, content.versions + 1 + Math.floor(next / content.subjects)]
    next += 1
    await expectDone(ask('POST', `/subjects/${subjectName(subject)}/versions`, { schema: schemaText(subject, version) }))
  }
}

/** Registers all of the content over HTTP; gives it with its IDs. */
export async function fill(server, content) {
  const client = clientOf(server.url, connections)
  const ids = []
  for (let version = 1; version <= content.versions; version += 1) {
    for (let subject = 0; subject < content.subjects; subject += 1) {
      const path = `/subjects/${subjectName(subject)}/versions`
      ids.push((await expectDone(client.ask('POST', path, { schema: schemaText(subject, version) }))).id)
    }
  }
  client.close()
  return { ...content, ids }
}

/** Reads and registrations at fixed rates at once, and then each as fast as it goes. */
export async function measureServer(server, content, { readsPerSecond, writesPerSecond, seconds }) {
  const client = clientOf(server.url, connections)
  try {
    const [read, write] = [reader(client, content), writer(client, content)]
    const started = { startMs: server.startMs, rss: server.rss() }
    await asFastAsItGoes(read, connections, 5)
    const [cpu, began] = [server.cpuSeconds(), performance.now()]
    const [reads, writes] = await Promise.all([atRate(read, readsPerSecond, seconds), atRate(write, writesPerSecond, seconds)])
    const [cpuSeconds, elapsed] = [server.cpuSeconds() - cpu, (performance.now() - began) / 1_000]
    const atRates = {
      reads,
      writes,
      rss: server.rss(),
      cpuShare: cpuSeconds / elapsed,
      // What a busy machine changes least.
      cpuMs: (cpuSeconds * 1_000) / (reads.count + writes.count),
    }
    const mostReads = await asFastAsItGoes(read, connections, seconds / 2)
    const mostWrites = await asFastAsItGoes(write, connections, seconds / 2)
    return { started, atRates, most: { reads: mostReads, writes: mostWrites, rss: server.rss() } }
  } finally {
    client.close()
  }
}
