import { describe, expect, it } from 'vitest'
import { compiled, walking } from '../laws/engine.test-support.ts'
import { tables } from './cases.test-support.ts'
import { run } from './harness.test-support.ts'

for (const [title, cases] of Object.entries(tables)) {
  describe(`hostile ${title}`, () => {
    for (const one of cases) {
      it(`${one.name}: ${one.outcomes.join(' or ')}`, async () => {
        const [walked, made] = [await run(one, walking), await run(one, compiled)]
        expect([...walked.problems, ...made.problems]).toEqual([])
        expect(made.outcome).toBe(walked.outcome)
      })
    }
  })
}
