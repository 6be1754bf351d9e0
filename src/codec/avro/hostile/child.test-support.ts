import { compiled, walking } from '../laws/engine.test-support.ts'
import { tables } from './cases.test-support.ts'
import { type Report, run } from './harness.test-support.ts'

/** What the child says of each case, one JSON line each. */
export interface Line extends Report {
  readonly table: string
  readonly engine: 'walked' | 'compiled'
}

const say = (line: Line): boolean => process.stdout.write(`${JSON.stringify(line)}\n`)
for (const [table, cases] of Object.entries(tables)) {
  for (const one of cases) {
    say({ table, engine: 'walked', ...(await run(one, walking)) })
    say({ table, engine: 'compiled', ...(await run(one, compiled)) })
  }
}
