import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addressOf, probeEngine } from './engine.ts'

describe('addressOf', () => {
  it.each([
    ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
    ['tcp://127.0.0.1:2375', { host: '127.0.0.1', port: 2375 }],
    ['tcp://engine', { host: 'engine', port: 2375 }],
    ['ssh://me@engine', undefined],
    ['engine', undefined],
  ])('%s', (text, address) => {
    expect(addressOf(text)).toEqual(address)
  })

  it('leaves an engine behind TLS alone', () => {
    vi.stubEnv('DOCKER_TLS_VERIFY', '1')
    expect(addressOf('tcp://127.0.0.1:2376')).toBeUndefined()
    vi.unstubAllEnvs()
  })
})

describe('probeEngine', () => {
  let folder: string
  let server: Server | undefined

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-test-'))
    vi.stubEnv('DOCKER_HOST', `unix://${folder}/docker.sock`)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    server?.closeAllConnections()
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
    rmSync(folder, { recursive: true })
  })

  const serve = (answer: (path: string) => number | undefined): Promise<void> =>
    new Promise((resolve) => {
      server = createServer((request, response) => {
        const status = answer(request.url ?? '')
        if (status !== undefined) response.writeHead(status).end('OK')
      })
      server.listen(join(folder, 'docker.sock'), () => resolve())
    })

  it('finds one that answers a ping', async () => {
    await serve((path) => (path === '/_ping' ? 200 : 404))
    expect(await probeEngine()).toEqual({
      answers: true,
      address: { socketPath: join(folder, 'docker.sock') },
      at: `unix://${folder}/docker.sock`,
    })
  })

  it('does not take one that is broken, absent, mute or out of reach', async () => {
    expect(await probeEngine()).toMatchObject({ answers: false, why: expect.stringContaining('no Docker engine answers at DOCKER_HOST') })
    await serve((path) => (path === '/_ping' ? 500 : undefined))
    expect(await probeEngine()).toMatchObject({ answers: false })
    server?.removeAllListeners('request').on('request', () => undefined)
    expect(await probeEngine()).toMatchObject({ answers: false })
    vi.stubEnv('DOCKER_HOST', 'ssh://me@engine')
    expect(await probeEngine()).toMatchObject({ answers: false, why: expect.stringContaining('only unix:// and tcp://') })
  })
})
