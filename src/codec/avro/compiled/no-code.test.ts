import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { choicesOf } from '../choices.ts'
import { makePair } from '../make-pair.ts'
import { compiledCases } from './cases.test-support.ts'
import { compileReader } from './compile-reader.ts'
import { compileWriter } from './compile-writer.ts'
import { caseOutcomes } from './outcomes.test-support.ts'

const source = fileURLToPath(new URL('../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Puts a source file and all that it imports into the folder as JavaScript, and gives its place there. */
function transpile(file: string, done = new Set<string>()): string {
  const target = join(folder, relative(source, file)).replace(/\.ts$/, '.js')
  if (done.has(file)) return target
  done.add(file)
  const text = readFileSync(file, 'utf8')
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, rewriteRelativeImportExtensions: true },
  })
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, outputText)
  for (const { fileName } of ts.preProcessFile(text).importedFiles)
    if (fileName.startsWith('.')) transpile(resolve(dirname(file), fileName), done)
  return target
}

function inNode(flags: readonly string[]): { makesCode: boolean; outcomes: string[] } {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const main = transpile(fileURLToPath(new URL('no-code.test-support.ts', import.meta.url)))
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
