import { caseOutcomes } from './outcomes.test-support.ts'

/** Run by Node on its own: says whether code may be made from text there, and what the cases give. */
process.stdout.write(JSON.stringify({ makesCode: makesCode(), outcomes: caseOutcomes(0) }))

function makesCode(): boolean {
  try {
    return new Function('return true')() as boolean
  } catch {
    return false
  }
}
