import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { resolveJars } from './jars.ts'

describe('resolveJars', () => {
  let folder: string
  const said: string[] = []
  const resolve = (version: string): Promise<string> => resolveJars({ version, say: (line) => said.push(line) })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-test-'))
    said.length = 0
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    vi.stubEnv('KAFKA_EVOLVE_CACHE', join(folder, 'cache'))
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  /** A Maven that does this with the folder the jars are to be in, `$libs`. */
  const maven = (script: string): void => {
    const find = 'libs=$(echo "$*" | sed -n "s/.*-Dlibs=\\([^ ]*\\).*/\\1/p")'
    writeFileSync(join(folder, 'mvn'), `#!/bin/sh\n[ "$1" = -v ] && exit 0\n${find}\n${script}\n`, { mode: 0o755 })
  }
  const cached = (): string[] => readdirSync(join(folder, 'cache'))

  it('fetches once, and takes what is there afterwards', async () => {
    maven('touch "$libs/kafka.jar"')
    const jars = await resolve('4.3.1')
    expect(readdirSync(jars)).toEqual(['kafka.jar'])
    maven('exit 1')
    expect(await resolve('4.3.1')).toBe(jars)
    expect(said).toHaveLength(1)
    await expect(resolve('3.9.2')).rejects.toMatchObject({ code: 'broker-unavailable' })
    expect(cached()).toHaveLength(1)
  })

  it('shows nobody half a folder when two fetch at once', async () => {
    maven('touch "$libs/1.jar"; sleep 0.2; touch "$libs/2.jar"')
    const both = await Promise.all([resolve('4.3.1'), resolve('4.3.1')])
    expect(both[0]).toBe(both[1])
    expect(readdirSync(both[0])).toEqual(['1.jar', '2.jar'])
    expect(cached()).toHaveLength(1)
  })

  it.each([
    ['fails', 'echo "[INFO] hm"; echo "[ERROR] no such version"; exit 1', /Kafka 4\.3\.1: no such version .*settings\.xml/],
    ['fails without a word', 'exit 1', /it said nothing, and ended with exit code 1/],
    ['is killed', 'kill -9 $$', /it said nothing, and ended with SIGKILL/],
    ['brings nothing', 'exit 0', /could not fetch/],
  ])('keeps nothing of a Maven that %s', async (_name, script, message) => {
    maven(script)
    const error = await resolve('4.3.1').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'broker-unavailable', retryable: true })
    expect(String(error)).toMatch(message)
    expect(cached()).toEqual([])
  })
})
