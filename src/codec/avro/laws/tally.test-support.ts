import { appendFileSync } from 'node:fs'

/** What a run of the laws has looked at. */
export interface Tally {
  /** Pairs of schemas, once for each file of laws. */
  pairs: number
  /** Messages. */
  values: number
  /** Changes made to decoded values. */
  edits: number
  /** Values that could not be written, each refused at the right place. */
  refusals: number
}

const tally: Tally = { pairs: 0, values: 0, edits: 0, refusals: 0 }

/** Adds to the tally of this process. */
export function count(more: Partial<Tally>): void {
  for (const key of Object.keys(more) as (keyof Tally)[]) tally[key] += more[key] ?? 0
}

/** Writes down what this process has looked at since the last time: a long run (scripts/laws.mjs) adds it up. */
export function writeTally(): void {
  const file = process.env['LAWS_TALLY']
  if (file === undefined) return
  appendFileSync(file, `${JSON.stringify(tally)}\n`)
  Object.assign(tally, { pairs: 0, values: 0, edits: 0, refusals: 0 })
}
