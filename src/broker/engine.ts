import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where a Docker engine listens, as `node:http` takes it. */
export type EngineAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** What was found out about a Docker engine. */
export type EngineProbe =
  | { readonly answers: true; readonly address: EngineAddress; readonly at: string }
  | { readonly answers: false; readonly why: string }

/** Asks the engine of `DOCKER_HOST`, else those at the usual sockets, whether it is there. Takes at most 2 seconds each. */
export async function probeEngine(): Promise<EngineProbe> {
  const given = process.env['DOCKER_HOST']
  if (given !== undefined && given !== '') {
    const address = addressOf(given)
    if (address === undefined)
      return { answers: false, why: `DOCKER_HOST is ${given}, and only unix:// and tcp:// without TLS are supported` }
    const answers = await ping(address)
    return answers ? { answers, address, at: given } : { answers, why: `no Docker engine answers at DOCKER_HOST ${given}` }
  }
  for (const socketPath of usualSockets()) {
    if (existsSync(socketPath) && (await ping({ socketPath }))) return { answers: true, address: { socketPath }, at: socketPath }
  }
  return { answers: false, why: 'no Docker engine answers' }
}

/** The address in a `DOCKER_HOST`; `undefined` for what is not a socket or plain TCP. */
export function addressOf(dockerHost: string): EngineAddress | undefined {
  if (!URL.canParse(dockerHost)) return undefined
  const url = new URL(dockerHost)
  if (url.protocol === 'unix:') return { socketPath: url.pathname }
  if ((url.protocol === 'tcp:' || url.protocol === 'http:') && !process.env['DOCKER_TLS_VERIFY']) {
    return { host: url.hostname, port: url.port === '' ? 2375 : Number(url.port) }
  }
  return undefined
}

function usualSockets(): string[] {
  const runtime = process.env['XDG_RUNTIME_DIR']
  const rootless = runtime === undefined || runtime === '' ? [] : [join(runtime, 'docker.sock')]
  return ['/var/run/docker.sock', ...rootless, join(homedir(), '.docker/run/docker.sock'), join(homedir(), '.docker/desktop/docker.sock')]
}

function ping(address: EngineAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ ...address, path: '/_ping', timeout: 2000 }, (answer) => {
      answer.resume()
      answer.on('error', () => undefined)
      resolve(answer.statusCode === 200)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', () => resolve(false))
    sent.end()
  })
}
