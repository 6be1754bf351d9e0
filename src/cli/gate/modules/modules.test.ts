import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeProgram, makeProject, type Program, type TestProject } from '../gate.test-support.ts'

const definition = (...fields: readonly string[]): string =>
  `{ type: 'record', name: 'Clicked', namespace: 'web', fields: [\n  { name: 'at', type: 'long' },\n${fields.map((field) => `  ${field},\n`).join('')}] }`

/** What a module may export; the enum is what Node alone could not run. */
const typeScript = (...fields: readonly string[]): string =>
  `import { avro, parseSchema } from './lib.ts'\nenum Colour { Red }\nexport const clicked = avro(${definition(...fields)} as const)\n` +
  `export const schemas = { raw: { type: 'fixed', name: 'web.Raw', size: 4 + Colour.Red }, parsed: parseSchema('"long"') }\nexport const noise = { type: 'button' }\n`
/** Stands for a copy of this package: what it makes is told by its shape. */
const lib = (root: string): string => `export { avro, parseSchema } from '${root}/avro.js'\n`

describe('modules', () => {
  let program: Program
  let project: TestProject
  beforeAll(() => {
    program = makeProgram(['avro.ts'])
    project = makeProject()
    mkdirSync(join(project.folder, 'node_modules'))
    symlinkSync(program.dist, join(project.folder, 'node_modules/evolve-copy'))
    project.commit({
      '.gitignore': 'node_modules',
      'package.json': { type: 'module' },
      'lib.ts': lib('evolve-copy'),
      'events.ts': typeScript(),
      'plain.mjs': `export default ${definition()}`,
    })
  })
  afterAll(() => {
    project?.remove()
    program?.remove()
  })

  const check = async (...argv: readonly string[]): Promise<{ subjects: string[]; findings: string[]; err: string }> => {
    const { out, err } = await program.run(project.folder, ['check', ...argv, '--against', 'main', '--level', 'FULL_TRANSITIVE', '--json'])
    const answer = JSON.parse(out) as {
      subjects: { subject: string; schema: string; status: string; versions: string[] }[]
      findings: { rule: string; field?: string; message: string; place?: { line: number } }[]
    }
    return {
      subjects: answer.subjects.map(({ schema, status, versions }) => `${schema} ${status} ${versions.length}`),
      findings: answer.findings.map(({ rule, field, place, message }) => `${rule} ${field ?? message} ${place?.line}`),
      err,
    }
  }

  it('are run, and what they export is compared with what they exported in every commit', async () => {
    project.commit({ 'events.ts': typeScript("{ name: 'x', type: 'int', default: 0 }") }, 'x')
    project.write({
      'events.ts': typeScript("{ name: 'x', type: 'int' }"),
      'plain.mjs': `export default ${definition("{ name: 'y', type: 'int' }")}`,
    })
    const { subjects, findings, err } = await check('events.ts', 'plain.mjs')
    expect(err).toBe('')
    expect(subjects).toEqual([
      'events.ts#clicked incompatible 2',
      'events.ts#schemas.raw unchanged 1',
      'events.ts#schemas.parsed unchanged 1',
      'plain.mjs incompatible 1',
    ])
    expect(findings).toEqual(['READER_FIELD_MISSING_DEFAULT_VALUE Clicked.x 5', 'READER_FIELD_MISSING_DEFAULT_VALUE Clicked.y 3'])
  })

  it('that fail, or export nothing, are findings', async () => {
    project.write({
      'bad.mjs': "throw new Error('no\\nluck')",
      'none.mjs': 'export const a = 1',
      'wrong.mjs': "export const a = { type: 'record', fields: [] }",
    })
    const { findings } = await check('bad.mjs', 'none.mjs', 'wrong.mjs')
    expect(findings).toEqual([
      'invalid-schema the module fails when it is run: no 1',
      'invalid-schema none.mjs exports no schema 1',
      expect.stringMatching(/^invalid-schema .* 1$/),
    ])
  })
  it('that fail say where', async () => {
    project.write({
      'late.ts': 'enum Colour { Red }\n\nfunction fail() { throw new Error(String(Colour.Red)) }\nfail()\n',
      'lost.ts': "enum Colour { Red }\nimport './nowhere.ts'\n",
      'wrong.ts': '\n\nexport const x: = 3\n',
      'wrong.mjs': '\n\nexport const x = = 3\n',
    })
    const { findings } = await check('late.ts', 'lost.ts', 'wrong.ts', 'wrong.mjs')
    expect(findings).toEqual([
      'invalid-schema the module fails when it is run: 0 3',
      "invalid-schema the module fails when it is run: Cannot find module './nowhere.ts' 2",
      expect.stringMatching(/^invalid-schema the module fails when it is run: Unexpected token .* 1$/),
      'invalid-schema the module fails when it is run: ParseError: Unexpected token 3',
    ])
  })

  it('are guests: they neither end the program, nor write into its answer, nor keep it from ending', async () => {
    project.write({
      'exits.mjs': 'process.exit(0)',
      'prints.mjs': `console.log('one')\nprocess.stdout.write('two\\n')\nsetInterval(() => console.log('three'), 1)\nexport default ${definition()}`,
    })
    const { findings, subjects, err } = await check('exits.mjs', 'prints.mjs')
    expect(findings).toEqual(['invalid-schema the module fails when it is run: it ends the process (process.exit(0)) 1'])
    expect(subjects).toEqual(['prints.mjs new 0'])
    expect(err).toMatch(/^one\ntwo\n/)
  })

  it('that end the program behind its back make no success of it', async () => {
    project.write({ 'ends.mjs': `setImmediate(() => process.exit(0))\nexport default ${definition()}` })
    const { code, err } = await program.run(project.folder, ['check', 'ends.mjs', '--against', 'main'])
    expect([code, err]).toEqual([2, 'kafka-evolve: [internal] the process was ended before there was a verdict\n'])
  })

  it('that could not be run in some commit before are told of', async () => {
    project.commit({ 'moved.mjs': `import './gone.mjs'\nexport default ${definition()}` })
    project.commit({ 'moved.mjs': `export default ${definition()}` })
    project.write({ 'moved.mjs': `export default ${definition("{ name: 'z', type: 'int', default: 0 }")}` })
    const { subjects, findings } = await check('moved.mjs')
    expect(subjects).toEqual(['moved.mjs compatible 1'])
    expect(findings).toEqual([
      expect.stringMatching(
        /^unreadable-version moved\.mjs as it was in 1 earlier commit cannot be run, so that is not compared \(.*Cannot find module/,
      ),
    ])
  })
})
