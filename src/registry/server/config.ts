import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'

// This registry compares no versions, and says so: clients that want another level learn it before they register something.
const level = 'NONE'

/** Everything under `/config`. */
export const configRoutes: readonly Route[] = [
  route('GET /config', read),
  route('GET /config/:subject', read),
  route('PUT /config', write),
  route('PUT /config/:subject', write),
]

async function read(): Promise<Reply> {
  return ok({ compatibilityLevel: level })
}

async function write({ body }: Call): Promise<Reply> {
  const compatibility = typeof body === 'object' && body !== null && 'compatibility' in body ? body.compatibility : undefined
  if (compatibility === level) return ok({ compatibility })
  return refuse(422, `this registry knows the compatibility level ${level} only`, 42203)
}
