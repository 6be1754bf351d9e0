import { carrierOf } from './carrier.ts'
import { restore } from './restore.ts'
import { writeUnboxed } from './restore-elsewhere.ts'
import type { WriteRun } from './write-run.ts'

/** Writes a whole datum that cannot carry, from the message it was read from: what still looks as it did goes back as its bytes. */
export function restoreDatum(value: unknown, source: Uint8Array, run: WriteRun): void {
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1')
  restore(run.pair.plan, value, text, 0, text.length, run)
}

/** Writes a whole datum. A root that is no record and carries its original is restored from it, part by part. */
export function writeDatum(value: unknown, run: WriteRun): void {
  const { plan, box } = run.pair
  if (writeUnboxed(plan, value, run)) return
  const carried = box !== undefined && typeof value === 'object' && value !== null ? carrierOf(value) : undefined
  if (carried === undefined || carried.plan !== box || run.drops) return run.write(plan, value)
  restore(plan, value, carried.source, carried.startOf(0), carried.endOf(0), run)
}
