import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { transpiled } from '../../../transpile.test-support.ts'
import { choicesOf } from '../choices.ts'
import { makePair } from '../make-pair.ts'
import { compiledCases } from './cases.test-support.ts'
import { compileReader } from './compile-reader.ts'
import { compileWriter } from './compile-writer.ts'
import { caseOutcomes } from './outcomes.test-support.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function inNode(flags: readonly string[]): { makesCode: boolean; outcomes: string[] } {
  const main = transpiled(fileURLToPath(new URL('no-code.test-support.ts', import.meta.url)), folder)
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, main], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout) as { makesCode: boolean; outcomes: string[] }
}

describe('the same cases', () => {
  const compiled = caseOutcomes(0)

  it('give the same compiled and walked', () => {
    expect(compiled).toEqual(caseOutcomes(Number.MAX_SAFE_INTEGER))
  })

  it('give the same in a Node where code may not be made from text', () => {
    const { makesCode, outcomes } = inNode(['--disallow-code-generation-from-strings'])
    expect(makesCode).toBe(false)
    expect(outcomes).toEqual(compiled)
  })

  it.each(compiledCases)('are ordinary for compiled code: $name', ({ writer, reader, messages }) => {
    const pair = makePair(writer, reader, choicesOf())
    const bytes = Buffer.from(messages[0] as string, 'hex')
    const value = compileReader(pair)?.(bytes, 0)
    expect(compileWriter(pair)?.(value, 0).toString('hex')).toBe(bytes.toString('hex'))
  })
})
