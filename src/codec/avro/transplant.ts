import type { ReadStep } from '../../resolution/plan.ts'
import type { Field, Schema } from '../../schema/types.ts'
import type { CarriedField, Carrier } from './carrier.ts'
import { getOwn } from './object.ts'
import { readAgain } from './restore.ts'
import { hasParts, rehomeOrLose, restoreElsewhere } from './restore-elsewhere.ts'
import { sameValue } from './same.ts'
import type { WriteRun } from './write-run.ts'

/**
 * A record read under one pair of schemas and written under another: what it carries finds its fields there by name, or
 * is refused. Never on the path of messages that are republished under the pair they were read with.
 */
export class Transplant {
  readonly #carried: Carrier
  readonly #run: WriteRun
  readonly #left: Map<string, CarriedField>

  constructor(carried: Carrier, run: WriteRun) {
    this.#carried = carried
    this.#run = run
    this.#left = new Map(carried.unknown().map((field) => [field.field.name, field]))
  }

  /** Writes a field that neither reader knows; false when nothing is carried for it. */
  unknown(field: Field): boolean {
    const found = this.#take(field.name)
    if (found !== undefined) this.#rehome(found.field.type, found.start, found.end, field)
    return found !== undefined
  }

  /** Writes a field that this reader knows from what is carried, where the value itself does not say it. */
  known(step: ReadStep, value: object): boolean {
    const given = getOwn(value, step.target.name)
    const found = this.#take(step.field.name)
    if (found !== undefined && given === undefined) {
      this.#rehome(found.field.type, found.start, found.end, step.field)
      return true
    }
    const before = this.#carried.plan.steps.find(
      (other): other is ReadStep => other.kind === 'read' && other.slot >= 0 && other.target.name === step.target.name,
    )
    // What this reader could not read back is not written, whatever the other type would hold.
    if (before === undefined || given === undefined || step.plan.kind === 'unreadable') return false
    const { source, pair } = this.#carried
    const [start, end] = [this.#carried.startOf(before.slot), this.#carried.endOf(before.slot)]
    const original = readAgain(before.plan, pair, this.#run.sourceTap(source, start, end), source)
    if (!sameValue(original.value, given))
      return this.#restoreParts(before.field.type, source.slice(start, end), original.value, given, step)
    this.#rehome(before.field.type, start, end, step.field, step.target.name)
    return true
  }

  /** An edited list or map keeps what hides in the parts that were left alone. */
  #restoreParts(from: Schema, raw: string, original: unknown, given: unknown, step: ReadStep): boolean {
    if (!hasParts(original) || !hasParts(given)) return false
    this.#run.at(step.target.name, () => restoreElsewhere(from, raw, step.plan, step.field.type, given, this.#run))
    return true
  }

  /** All that is carried must have found a place. */
  finish(): void {
    for (const name of this.#left.keys()) {
      this.#run.path.push(name)
      this.#run.loss(
        'not-in-output-schema',
        `the record carries the field ${name}, which the schema to write under does not have`,
        'write under the schema the record was read with',
      )
    }
  }

  #take(name: string): CarriedField | undefined {
    const found = this.#left.get(name)
    this.#left.delete(name)
    return found
  }

  #rehome(from: Schema, start: number, end: number, field: Field, name = field.name): void {
    const raw = this.#carried.source.slice(start, end)
    this.#run.at(name, () => this.#run.sink.latin1(rehomeOrLose(from, raw, field.type, this.#run)))
  }
}
