import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { levelCases, shortNames } from '../../registry/compatibility/level-cases.test-support.ts'
import { compatibilityLevels } from '../../registry/compatibility/levels.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { type RegistryServer, serveRegistry } from '../../registry/server/serve.ts'
import { makeProgram, makeProject, type Program, type TestProject } from './gate.test-support.ts'

interface Answer {
  readonly subjects: readonly { readonly subject: string; readonly level: string; readonly status: string }[]
  readonly findings: readonly { readonly rule: string; readonly severity: string }[]
}

/** A subject for each change at each level. */
const cases = levelCases.flatMap(([name, candidate, earlier], index) =>
  compatibilityLevels.map((level) => ({ name, candidate, earlier, level, subject: `case-${index}-${shortNames[level]}` })),
)

describe('check says of every change at every level what the registry says', () => {
  let program: Program
  let project: TestProject
  let server: RegistryServer
  const registry = memoryRegistry()
  const verdicts = new Map<string, boolean>()

  beforeAll(async () => {
    program = makeProgram()
    project = makeProject()
    server = await serveRegistry({ registry })
    for (const { subject, candidate, earlier, level } of cases) {
      for (const version of earlier) await registry.register(subject, version)
      await registry.setConfig(subject, { compatibility: level })
      verdicts.set(subject, (await registry.checkCompatibility(subject, candidate)).compatible)
      project.write({ [`schemas/${subject}.avsc`]: candidate.text })
    }
  })
  afterAll(async () => {
    await server?.close()
    await registry.close()
    project?.remove()
    program?.remove()
  })

  const verdictsOf = ({ subjects }: Answer): Map<string, boolean> =>
    new Map(subjects.map(({ subject, status }) => [subject, status !== 'incompatible']))

  it('asked over HTTP', async () => {
    const { code, out, err } = await program.run(project.folder, [
      'check',
      'schemas',
      '--registry',
      server.url,
      '--strategy',
      'file',
      '--json',
    ])
    expect([err, code]).toEqual(['', 1])
    const answer = JSON.parse(out) as Answer
    expect(verdictsOf(answer)).toEqual(verdicts)
    expect(verdicts.size).toBe(levelCases.length * compatibilityLevels.length)
    expect(answer.subjects.every(({ subject, level }) => level === cases.find((one) => one.subject === subject)?.level)).toBe(true)
  })

  it('from the history of a git repository', async () => {
    const history = makeProject()
    const longest = Math.max(...levelCases.map(([, , earlier]) => earlier.length))
    for (let step = 0; step < longest; step += 1) {
      const files = cases.flatMap(({ subject, earlier }) => {
        const version = earlier[step]
        return version === undefined ? [] : [[`schemas/${subject}.avsc`, version.text] as const]
      })
      history.commit(Object.fromEntries(files))
    }
    history.write(Object.fromEntries(cases.map(({ subject, candidate }) => [`schemas/${subject}.avsc`, candidate.text])))
    history.write({
      'kafka-evolve.json': { strategy: 'file', levels: Object.fromEntries(cases.map(({ subject, level }) => [subject, level])) },
    })
    const { out, err } = await program.run(history.folder, ['check', 'schemas', '--against', 'main', '--json'])
    history.remove()
    expect(err).toBe('')
    expect(verdictsOf(JSON.parse(out) as Answer)).toEqual(verdicts)
  })
})
