import type { IncomingHttpHeaders } from 'node:http'
import type { Registry } from '../types.ts'
import { inContext } from './context-path.ts'
import { type Reply, refuse } from './reply.ts'
import { inWords } from './words.ts'

/** One request, taken apart. */
export interface Call {
  readonly registry: Registry
  /** What stands in the path for the `:names` of the route, unescaped. */
  readonly path: Readonly<Record<string, string>>
  /** What stands behind the question mark. */
  readonly query: URLSearchParams
  /** The JSON of the body; `undefined` for a GET and a DELETE. */
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
}

/** What answers one method on one kind of path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Segments; one that starts with a colon stands for any. The first route that fits is taken. */
  readonly path: readonly string[]
  readonly handle: (call: Call) => Promise<Reply>
  /** Needs no credentials, and answers while the server stops. Default `false`. */
  readonly isOpen?: boolean
}

/** `'GET /subjects/:subject'` as a {@link Route}; what is not there is said in the words of Confluent's server. */
export function route(pattern: `${Route['method']} /${string}`, handle: Route['handle']): Route {
  const [method, path = ''] = pattern.split(' ') as [Route['method'], string]
  const worded = async (call: Call): Promise<Reply> => {
    try {
      return await handle(call)
    } catch (error) {
      throw inWords(error, call.path)
    }
  }
  return { method, path: segmentsOf(path), handle: worded }
}

/** `/subjects/{subject}/versions`: how documents name a route's path. */
export function routeName({ path }: Route): string {
  return `/${path.map((part) => (part.startsWith(':') ? `{${part.slice(1)}}` : part)).join('/')}`
}

/** A route that fits, and what the request says. */
export interface Found extends Pick<Call, 'path' | 'query'> {
  readonly route: Route
}

/**
 * The route for a request and what its path says, or what is to be said where none fits. `url` is as it stands in the request line. HEAD is answered
 * like GET (Node leaves out the body), OPTIONS with the methods there are.
 */
export function findRoute(routes: readonly Route[], method: string, url: string): Found | { readonly refusal: Reply } {
  const [, escaped = '', query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(url) ?? []
  let segments: readonly string[]
  try {
    segments = segmentsOf(escaped).map(decodeURIComponent)
  } catch {
    return { refusal: refuse(400, 'the path is not escaped as URLs need it') }
  }
  const target = inContext({ segments, query: new URLSearchParams(query) })
  if (target === undefined) return { refusal: refuse(400, 'the name of a context holds no colon') }
  const fitting = routes.filter((candidate) => fits(candidate, target.segments))
  const found = fitting.find((candidate) => candidate.method === (method === 'HEAD' ? 'GET' : method))
  if (found !== undefined) return { route: found, path: namesIn(found, target.segments), query: target.query }
  if (fitting.length === 0) return { refusal: refuse(404, 'HTTP 404 Not Found') }
  const allow = allowed(fitting)
  if (method === 'OPTIONS') return { refusal: { status: 204, body: undefined, headers: { allow } } }
  return { refusal: { ...refuse(405, 'HTTP 405 Method Not Allowed'), headers: { allow } } }
}

function allowed(fitting: readonly Route[]): string {
  return [...new Set(fitting.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))), 'OPTIONS'].join(', ')
}

function segmentsOf(path: string): readonly string[] {
  return path.replace(/^\/|\/$/g, '').split('/')
}

function fits({ path }: Route, segments: readonly string[]): boolean {
  return path.length === segments.length && path.every((part, at) => (part.startsWith(':') ? segments[at] !== '' : part === segments[at]))
}

function namesIn({ path }: Route, segments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(path.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), segments[at] ?? '']] : [])))
}
