import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryRegistry, type RegistryServer, serveRegistry } from 'kafka-evolve/registry'

/** How a registry answers: as it should, or in one of the ways that networks and proxies know. */
export type Mood = 'well' | 'down' | 'slow' | 'a web page' | 'endless' | 'dripping'

/** A registry over HTTP whose mood a test sets. */
export interface MoodyRegistry {
  readonly url: string
  mood: Mood
  /** Answers to paths, in place of what the registry would say; `well` or not. */
  readonly answers: Map<string, string>
}

const fronts: { server: Server; behind: RegistryServer }[] = []

/** Starts one, well, on a registry of its own in memory. */
export async function moodyRegistry(): Promise<MoodyRegistry> {
  const behind = await serveRegistry({ registry: memoryRegistry() })
  const state: { mood: Mood; answers: Map<string, string> } = { mood: 'well', answers: new Map() }
  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    const answer = state.answers.get(request.url ?? '')
    if (answer !== undefined) response.end(answer)
    else if (state.mood === 'well') void passOn(behind.url, request, response)
    else misbehave(state.mood, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fronts.push({ server, behind })
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

/** Stops all that were started. */
export async function closeFronts(): Promise<void> {
  for (const { server, behind } of fronts.splice(0)) {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await behind.close()
  }
}

async function passOn(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const method = request.method ?? 'GET'
  const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' }
  const answer = await fetch(`${url}${request.url}`, { method, headers, ...(method === 'POST' && { body: Buffer.concat(chunks) }) })
  response.writeHead(answer.status).end(await answer.text())
}

function misbehave(mood: Exclude<Mood, 'well'>, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  if (mood === 'down') request.socket.destroy()
  if (mood === 'a web page') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>')
  if (mood === 'endless') pour(response)
  if (mood === 'dripping') drip(response)
}

/** As fast as it is taken, without end. */
function pour(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
  }
  response.on('drain', more)
  more()
}

/** A byte now and then, without end. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}
