import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { httpRegistry } from '../../registry/http/http-registry.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { accessRules } from '../../registry/server/access/rules.ts'
import { serveRegistry } from '../../registry/server/serve.ts'
import { catalog } from '../catalog.ts'
import type { World } from '../command.ts'
import { runProgram } from '../program.ts'
import { type Ran, runCli } from '../run.test-support.ts'

const folder = mkdtempSync(join(quickDisk(), 'kafka-evolve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

interface RunningCommand {
  /** The first line on standard output. */
  readonly line: string
  readonly err: () => string
  hangup(): void
  stop(): Promise<number>
}

/** Runs `registry` until its first line is there. */
async function start(...argv: string[]): Promise<RunningCommand> {
  const stopping = new AbortController()
  const err: string[] = []
  const listeners: (() => void)[] = []
  let line = (_text: string): void => undefined
  const first = new Promise<string>((resolve) => {
    line = resolve
  })
  const world: World = {
    stdin: Object.assign((async function* (): AsyncGenerator<Uint8Array> {})(), { isTTY: false }),
    stdout: { write: (text) => line(text) },
    stderr: { write: (text) => void err.push(text) },
    cwd: folder,
    env: {},
    stopSignal: () => stopping.signal,
    onHangup: (listener) => void listeners.push(listener),
  }
  const code = runProgram(['registry', '--port', '0', ...argv], world, catalog)
  const text = await Promise.race([first, code.then((ended) => Promise.reject(new Error(`ended with ${ended}: ${err.join('')}`)))])
  return {
    line: text.trimEnd(),
    err: () => err.join(''),
    hangup: () => {
      for (const listener of listeners) listener()
    },
    stop: () => {
      stopping.abort()
      return code
    },
  }
}

const fails = (...argv: string[]): Promise<Ran> => runCli(['registry', '--port', '0', ...argv])

describe('kafka-evolve registry', () => {
  it('says its URL, serves, and ends with 0 when it is stopped', async () => {
    const running = await start()
    const registry = httpRegistry({ url: running.line, retries: 0 })
    expect((await registry.register('s', { format: 'AVRO', text: '"int"' })).id).toBe(1)
    expect((await (await fetch(`${running.line}/config`)).json()) as object).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect(await running.stop()).toBe(0)
    expect(running.err()).toContain('nothing is kept')
    await expect(registry.versions('s')).rejects.toMatchObject({ code: 'registry-unavailable' })
  })

  it('keeps in a folder what it was told, from one start to the next', async () => {
    const store = `file:${join(folder, 'kept')}`
    for (const versions of [[1], [1, 2]]) {
      const running = await start('--store', store, '--json', '--log-level', 'silent', '--compatibility', 'NONE')
      const said = JSON.parse(running.line) as { url: string; store: string; pid: number }
      expect(said).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), store, pid: process.pid })
      const registry = httpRegistry({ url: said.url, retries: 0 })
      await registry.register('s', { format: 'AVRO', text: versions.length === 1 ? '"int"' : '"string"' })
      expect(await registry.versions('s')).toEqual(versions)
      const second = await fails('--store', store)
      expect({ code: second.code, out: second.out }).toEqual({ code: 1, out: '' })
      expect(second.err).toMatch(new RegExp(`process ${process.pid} writes the registry`))
      expect(await running.stop()).toBe(0)
      expect(running.err()).toBe('')
    }
  })

  it('logs each request without its query, credentials or schema', async () => {
    const auth = file('log.json', JSON.stringify({ users: [{ name: 'ann', password: 'hush-hush', rights: { admin: [''] } }] }))
    const running = await start('--auth', auth)
    const registry = httpRegistry({ url: running.line, auth: { username: 'ann', password: 'hush-hush' } })
    await registry.register('s', { format: 'AVRO', text: '{"type":"enum","name":"Confidential","symbols":["A"]}' })
    await fetch(`${running.line}/subjects/s/versions?token=hush-hush`)
    await running.stop()
    expect(running.err()).toMatch(/"method":"POST","path":"\/subjects\/s\/versions".*"status":200.*"user":"ann"/)
    expect(running.err()).toMatch(/"path":"\/subjects\/s\/versions".*"status":401/)
    expect(running.err()).not.toMatch(/hush|Confidential|Basic/)
  })

  it('reads the rules of access again at SIGHUP, and keeps those it has where the new ones are faulty', async () => {
    const auth = file('auth.json', JSON.stringify({ anonymous: { read: ['a'] } }))
    const running = await start('--auth', auth)
    const status = async (subject: string): Promise<number> => (await fetch(`${running.line}/subjects/${subject}/versions`)).status
    const again = async (text: string, told: string): Promise<void> => {
      file('auth.json', text)
      running.hangup()
      await expect.poll(() => running.err()).toContain(told)
    }
    expect([await status('a'), await status('b')]).toEqual([404, 401])
    await again(JSON.stringify({ anonymous: { read: ['b'] } }), 'read again')
    expect([await status('a'), await status('b')]).toEqual([401, 404])
    await again('{"anonymous": "hush', 'not taken')
    expect([await status('a'), await status('b')]).toEqual([401, 404])
    expect(running.err()).not.toContain('hush')
    expect(await running.stop()).toBe(0)
  })

  it('says in plain words why it cannot start', async () => {
    const taken = await serveRegistry({ registry: memoryRegistry() })
    const port = new URL(taken.url).port
    const { code, err, out } = await runCli(['registry', '--port', port])
    await taken.close()
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`cannot listen on 127.0.0.1:${port} (EADDRINUSE)\n  hint: another process has this port`)
  })

  it.each<[argv: string[], text: RegExp]>([
    [['--store', 'redis://user:hush@host'], /--store is none of those/],
    [['--store', 'file:'], /--store is none of those/],
    [['--store', 'memory:x'], /--store is none of those/],
    [['--compatibility', 'SIDEWAYS'], /--compatibility cannot be SIDEWAYS/],
    [['--port', '70000'], /--port is an integer/],
    [['--tls-cert', 'x'], /--tls-cert and --tls-key go together/],
    [['--tls-client-ca', 'x'], /needs --tls-cert/],
    [['--tls-cert', 'nowhere', '--tls-key', 'nowhere'], /cannot read nowhere: there is no such file/],
    [['--auth', 'nowhere'], /cannot read nowhere: there is no such file/],
    [['--auth', '/'], /cannot read \/: it is a folder/],
    [['--auth', file('broken.json', '{"users": hush')], /is not JSON/],
    [['--auth', file('faulty.json', '{"users": [{"name": "a", "rights": {}, "password": ""}]}')], /at \/users\/0\/password/],
    [['--tls-cert', file('no.crt', 'hush'), '--tls-key', file('no.key', 'hush')], /certificate or its key cannot be used/],
  ])('refuses %j with 2', async (argv, text) => {
    const { code, out, err } = await fails(...argv)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(text)
    expect(err).not.toContain('hush')
  })

  it('makes hashes of passwords that its file takes', async () => {
    const { code, out } = await runCli(['registry', '--hash-password'], { stdin: 'päss: word\nnot this' })
    expect(code).toBe(0)
    const passwordHash = out.trim()
    expect(passwordHash).toMatch(/^scrypt:16384:8:1:/)
    const auth = accessRules({ users: [{ name: 'ann', passwordHash, rights: { read: [''] } }] })
    const server = await serveRegistry({ registry: memoryRegistry(), auth })
    const statuses = ['päss: word', 'päss: word\nnot this', ''].map(async (password) => {
      const authorization = `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`
      return (await fetch(`${server.url}/subjects`, { headers: { authorization } })).status
    })
    expect(await Promise.all(statuses)).toEqual([200, 401, 401])
    await server.close()
    expect((await runCli(['registry', '--hash-password'])).code).toBe(2)
  })
})
