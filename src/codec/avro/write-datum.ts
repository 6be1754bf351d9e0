import { carrierOf } from './carrier.ts'
import { restore } from './restore.ts'
import type { WriteRun } from './write-run.ts'

/** Writes a whole datum. A root that is no record and carries its original is restored from it, part by part. */
export function writeDatum(value: unknown, run: WriteRun): void {
  const { plan, box } = run.pair
  const carried = box !== undefined && typeof value === 'object' && value !== null ? carrierOf(value) : undefined
  if (carried === undefined || carried.plan !== box) return run.write(plan, value)
  restore(plan, value, carried.source, carried.startOf(0), carried.endOf(0), run)
}
