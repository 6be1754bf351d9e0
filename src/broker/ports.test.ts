import { createServer, type Server } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createBrokerLog } from './log.ts'
import { freePorts, retryOnTakenPorts } from './ports.ts'

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

describe('freePorts', () => {
  it('gives different ports one can listen on, below the range of outgoing ports', async () => {
    const ports = await freePorts(6)
    expect(new Set(ports).size).toBe(6)
    expect(ports.every((port) => port >= 15_000 && port < 32_768)).toBe(true)
    const servers = await Promise.all(ports.map(listen))
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  })
})

describe('retryOnTakenPorts', () => {
  const attempt = async (line: string, failures: number): Promise<{ result: unknown; tries: number; said: string[] }> => {
    const log = createBrokerLog()
    const said: string[] = []
    let tries = 0
    const launch = async (): Promise<string> => {
      tries += 1
      if (tries > failures) return 'up'
      log.add('1', `${line}\n`)
      throw new Error('broker 1 ended')
    }
    const result = await retryOnTakenPorts({ log, say: (text) => said.push(text) }, launch).catch((error: unknown) => error)
    return { result, tries, said }
  }

  it('starts again where a port was taken', async () => {
    expect(await attempt('java.net.BindException: Address already in use', 1)).toMatchObject({
      result: 'up',
      tries: 2,
      said: [expect.any(String)],
    })
  })

  it('gives up after three', async () => {
    expect(await attempt('Bind for 127.0.0.1:20000 failed: port is already allocated', 9)).toMatchObject({
      result: expect.any(Error),
      tries: 3,
    })
  })

  it('does not repeat what another start would not change', async () => {
    expect(await attempt('Unsupported class file major version', 9)).toMatchObject({ result: expect.any(Error), tries: 1 })
  })
})
