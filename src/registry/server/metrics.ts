import { type Labels, labelText, metricHead, metricLine } from './metrics-text.ts'

/** Upper bounds of the times that are counted, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const prefix = 'kafka_evolve_registry_'

interface Times {
  readonly labels: Labels
  readonly counts: number[]
  sum: number
}

/** A number that only grows, for each set of labels. */
class Counter {
  readonly #series = new Map<string, { readonly labels: Labels; value: number }>()

  add(labels: Labels): void {
    const key = labelText(labels)
    const known = this.#series.get(key)
    if (known === undefined) this.#series.set(key, { labels, value: 1 })
    else known.value += 1
  }

  text(name: string, help: string): string {
    return (
      metricHead(name, 'counter', help) + [...this.#series.values()].map(({ labels, value }) => metricLine(name, labels, value)).join('')
    )
  }
}

/** What a server counts of itself. Labels are of few values: routes and not paths, no subjects, no names of clients. */
export class ServerMetrics {
  readonly #requests = new Counter()
  readonly #times = new Map<string, Times>()
  readonly #failures = new Counter()
  readonly #refusals = new Counter()
  #dropped = 0
  #inFlight = 0

  /** A request came. */
  began(): void {
    this.#inFlight += 1
  }

  /** It was answered, or its client went away (status 0). */
  ended(method: string, route: string, status: number, seconds: number): void {
    this.#inFlight -= 1
    this.#requests.add({ route, method, status })
    const times = this.#timesOf(route)
    const bucket = bucketOf(seconds)
    times.counts[bucket] = (times.counts[bucket] ?? 0) + 1
    times.sum += seconds
    if (status === 401 || status === 403) this.#refusals.add({ status })
  }

  /** The store failed, or something inside did. */
  failed(code: string): void {
    this.#failures.add({ code })
  }

  /** A connection was cut off, as there are too many. */
  dropped(): void {
    this.#dropped += 1
  }

  /** All of it, as text; `gauges` are measured now: `[name, help, value]`, those without a value left out. */
  text(gauges: readonly (readonly [name: string, help: string, value: number | undefined])[]): string {
    return [
      this.#requests.text(`${prefix}requests_total`, 'Requests answered, by route, method and status (0: the client went away).'),
      this.#histogram(),
      one(`${prefix}requests_in_flight`, 'gauge', 'Requests that are being answered.', this.#inFlight),
      this.#failures.text(`${prefix}failures_total`, 'Requests that failed for a reason of the server or its store, by error code.'),
      this.#refusals.text(`${prefix}access_refused_total`, 'Requests refused for want of credentials (401) or rights (403).'),
      one(`${prefix}connections_dropped_total`, 'counter', 'Connections cut off, as there were too many.', this.#dropped),
      ...gauges.map(([name, help, value]) =>
        value === undefined ? '' : one(`${prefix}${name}`, name.endsWith('_total') ? 'counter' : 'gauge', help, value),
      ),
      processText(),
    ].join('')
  }

  #timesOf(route: string): Times {
    const known = this.#times.get(route)
    if (known !== undefined) return known
    const times = { labels: { route }, counts: [], sum: 0 }
    this.#times.set(route, times)
    return times
  }

  #histogram(): string {
    const name = `${prefix}request_seconds`
    const lines = [...this.#times.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0
      const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, at) => {
        total += counts[at] ?? 0
        return metricLine(`${name}_bucket`, { ...labels, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : bound }, total)
      })
      return [...buckets, metricLine(`${name}_sum`, labels, sum), metricLine(`${name}_count`, labels, total)]
    })
    return metricHead(name, 'histogram', 'Time from the headers of a request to the end of its answer, by route.') + lines.join('')
  }
}

function bucketOf(seconds: number): number {
  const at = bounds.findIndex((bound) => seconds <= bound)
  return at === -1 ? bounds.length : at
}

function one(name: string, type: 'counter' | 'gauge', help: string, value: number): string {
  return metricHead(name, type, help) + metricLine(name, {}, value)
}

function processText(): string {
  const { user, system } = process.cpuUsage()
  return [
    one('process_cpu_seconds_total', 'counter', 'CPU time of the process.', (user + system) / 1e6),
    one('process_resident_memory_bytes', 'gauge', 'Memory of the process.', process.memoryUsage.rss()),
    one('process_start_time_seconds', 'gauge', 'When the process started, in Unix time.', Date.now() / 1_000 - process.uptime()),
  ].join('')
}
