import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findJava, findJavaFirst, findMaven, javaVersion } from './prerequisites.ts'

describe('javaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['sh: java: not found', undefined],
    ['', undefined],
  ])('%j', (output, version) => {
    expect(javaVersion(output)).toBe(version)
  })
})

describe('programs that are missing', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-test-'))
    vi.stubEnv('PATH', folder)
    vi.stubEnv('JAVA_HOME', undefined)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  const program = (name: string, text: string, code: number = 0): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${text}' >&2\nexit ${code}\n`, { mode: 0o755 })

  it('no Java: one line with the package', async () => {
    const error = await findJava().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'missing-prerequisite', retryable: false })
    expect(String(error)).toMatch(/^EvolveError: \[missing-prerequisite\] Java is not installed; .* openjdk-17-jre-headless.*$/)
  })

  it('Java that is too old', async () => {
    program('java', 'openjdk version "11.0.22" 2024-01-16')
    await expect(findJava()).rejects.toThrow(/Java is version 11 .*needs Java 17 or later/)
  })

  it('JAVA_HOME that leads nowhere', async () => {
    program('java', 'openjdk version "17.0.1"')
    await expect(findJava()).resolves.toBe('java')
    vi.stubEnv('JAVA_HOME', join(folder, 'none'))
    await expect(findJava()).rejects.toMatchObject({ code: 'missing-prerequisite' })
  })

  it('no Maven: one line with the package', async () => {
    const error = await findMaven().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'missing-prerequisite' })
    expect(String(error)).toMatch(/^EvolveError: \[missing-prerequisite\] Maven is not installed; .* apt-get install maven.*$/)
  })

  it('neither: one line with both packages, where both are needed', async () => {
    const both = await findJavaFirst(true).catch((thrown: unknown) => thrown)
    expect(both).toMatchObject({ code: 'missing-prerequisite' })
    expect(String(both)).toMatch(/Java is not installed; .*Maven is not installed; .* apt-get install openjdk-17-jre-headless maven;.*$/)
    expect(String(both)).not.toContain('\n')
    expect(String(await findJavaFirst(false).catch((thrown: unknown) => thrown))).not.toContain('Maven')
    program('mvn', 'Apache Maven 3.8.7')
    expect(String(await findJavaFirst(true).catch((thrown: unknown) => thrown))).not.toContain('Maven')
    program('java', 'openjdk version "17.0.1"')
    await expect(findJavaFirst(true)).resolves.toBe('java')
  })

  it('Maven that does not run', async () => {
    program('mvn', 'The JAVA_HOME environment variable is not defined correctly', 1)
    await expect(findMaven()).rejects.toThrow(/Maven does not run/)
  })
})
