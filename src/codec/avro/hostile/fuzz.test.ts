import { expect, it } from 'vitest'
import { fuzz } from './fuzz.test-support.ts'

it('a short run of the fuzzer finds nothing; npm run fuzz is a long one', () => {
  const { findings, executions } = fuzz(20260701, (pairs) => pairs < 40)
  expect(findings).toEqual([])
  expect(executions).toBeGreaterThan(1000)
})
