import type { Registry } from '../types.ts'
import type { Health } from './health.ts'
import type { Listener } from './listener.ts'
import type { ServerMetrics } from './metrics.ts'
import { metricsType } from './metrics-text.ts'
import { ok, plain, type Reply } from './reply.ts'
import { type Route, route } from './route.ts'
import { statsOf } from './store-stats.ts'

/** What the routes of the server itself look at. */
export interface System {
  readonly registry: Registry
  readonly health: Health
  readonly metrics: ServerMetrics
  readonly listener: () => Listener | undefined
  /** The description of all that the server answers. */
  readonly description: () => object
  /** Of what the server speaks. */
  readonly version: string
}

/** What a server answers about itself, and not about schemas. */
export function systemRoutes(system: System): readonly Route[] {
  return [
    route('GET /', async () => ok({})),
    { ...route('GET /health/live', async () => ok({ status: 'UP' })), isOpen: true },
    { ...route('GET /health/ready', () => ready(system.health)), isOpen: true },
    { ...route('GET /openapi.json', async () => ok(system.description())), isOpen: true },
    route('GET /metrics', () => metrics(system)),
    // Some clients of Confluent's registry ask which cluster it belongs to, and which version it is of.
    route('GET /v1/metadata/id', async () => ok({ id: '', scope: { path: [], clusters: {} } })),
    route('GET /v1/metadata/version', async () => ok({ version: system.version, commitId: '' })),
  ]
}

async function ready(health: Health): Promise<Reply> {
  if (await health.isReady()) return ok({ status: 'UP' })
  return { status: 503, body: { status: 'DOWN', reason: health.stopping ? 'stopping' : 'the store does not answer' } }
}

async function metrics({ registry, health, metrics: counted, listener }: System): Promise<Reply> {
  const [{ schemas, subjects, lostRaces, lastWriteAt }, isReady, connections] = await Promise.all([
    statsOf(registry),
    health.isReady(),
    listener()?.connections(),
  ])
  return plain(
    counted.text([
      ['ready', 'Whether the store answers (1) or not (0).', isReady ? 1 : 0],
      ['connections', 'Open connections.', connections],
      ['schemas', 'Schemas under an ID.', schemas],
      ['subjects', 'Subjects.', subjects],
      ['store_lost_races_total', 'Changes that were decided again, as another node was first.', lostRaces],
      ['store_last_write_timestamp_seconds', 'When the store last made a change durable, in Unix time.', seconds(lastWriteAt)],
      ['store_last_write_age_seconds', 'Time since then.', lastWriteAt === undefined ? undefined : (Date.now() - lastWriteAt) / 1_000],
    ]),
    metricsType,
  )
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000)
