import type { Registry } from '../types.ts'
import { Admission } from './access/admission.ts'
import type { AccessRules } from './access/rules.ts'
import { compatibilityRoutes } from './compatibility.ts'
import { configRoutes } from './config.ts'
import { contextRoutes } from './contexts.ts'
import { Health } from './health.ts'
import { limitsOf, type ServerLimits } from './limits.ts'
import { type Listener, openListener } from './listener.ts'
import type { ServerLogger } from './logger.ts'
import { ServerMetrics } from './metrics.ts'
import { modeRoutes } from './mode.ts'
import { openApi } from './openapi/openapi.ts'
import { registerRoutes } from './register.ts'
import { respond } from './respond.ts'
import type { Route } from './route.ts'
import { schemaRoutes } from './schemas.ts'
import { subjectRoutes } from './subjects.ts'
import { systemRoutes } from './system.ts'
import type { ServerTls } from './tls.ts'
import { versionRoutes } from './versions.ts'

/** Options of {@link serveRegistry}. */
export interface RegistryServerOptions extends Partial<ServerLimits> {
  /** What answers. It stays open when the server is closed. */
  readonly registry: Registry
  /** Default 0: any that is free. */
  readonly port?: number
  /** Address to listen on; default `127.0.0.1`: this machine alone. */
  readonly host?: string
  /** Who may do what. Default: everybody everything. */
  readonly auth?: AccessRules
  /** Default: plain HTTP. */
  readonly tls?: ServerTls
  /** Where each request is logged, and each failure; a pino does. Default: nowhere. */
  readonly logger?: ServerLogger
  /** Told of each failure that the client only sees as a status of 500 or more. */
  readonly onError?: (error: unknown) => void
}

/** A running server. */
export interface RegistryServer {
  /** For `httpRegistry`, and for any client of Confluent's API. */
  readonly url: string
  /** From the next request on, other rules hold; `undefined`: none. @throws EvolveError `invalid-options`; then those before still hold. */
  setAuth(auth: AccessRules | undefined): void
  /** From the next connection on, other certificates are shown. @throws EvolveError `invalid-options`; then those before are still. */
  setTls(tls: ServerTls): void
  /**
   * Takes no more connections, answers 503 to new requests and at `/health/ready`, lets running requests end (for up to `graceMs`), then cuts all
   * connections. A second call waits for the same.
   */
  close(): Promise<void>
}

/** Of Confluent's REST API, which has had no other. */
const apiVersion = 'v1'
const apiRoutes: readonly Route[] = [
  ...subjectRoutes,
  ...versionRoutes,
  ...registerRoutes,
  ...schemaRoutes,
  ...configRoutes,
  ...modeRoutes,
  ...compatibilityRoutes,
  ...contextRoutes,
]

/**
 * Serves a registry over HTTP, as Confluent's Schema Registry does: `/subjects` and `/schemas`; `/config`, `/mode` and `/compatibility` where the
 * registry has levels. Beside that `/health/live`, `/health/ready`, `/metrics` and `/openapi.json`.
 * @throws EvolveError `registry-unavailable` when it cannot listen there, `invalid-options`.
 */
export async function serveRegistry(options: RegistryServerOptions): Promise<RegistryServer> {
  const { registry, port = 0, host = '127.0.0.1', auth, tls, logger, onError } = options
  const limits = limitsOf(options)
  const admission = new Admission(registry, auth)
  const health = new Health(registry)
  const metrics = new ServerMetrics()
  const opened: { listener?: Listener } = {}
  const description = (): object => openApi(routes, apiVersion)
  const system = systemRoutes({ registry, health, metrics, listener: () => opened.listener, description, version: apiVersion })
  const routes = [...apiRoutes, ...system]
  const desk = { registry, routes, admission, health, metrics, logger, onError, ...limits }
  const listener = await openListener(
    { port, host, tls, ...limits },
    (request, response) => void respond(desk, request, response),
    () => metrics.dropped(),
  )
  opened.listener = listener
  let closed: Promise<void> | undefined
  return {
    url: listener.url,
    setAuth: (rules) => admission.use(rules),
    setTls: (material) => listener.renew(material),
    close: () => {
      health.stopping = true
      closed ??= listener.stop(limits.graceMs)
      return closed
    },
  }
}
