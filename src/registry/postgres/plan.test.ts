import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../../schema/text.ts'
import type { Decide } from '../store-registry.ts'
import { type AskedChange, askFor } from './asked-change.ts'
import { type Plan, planFor } from './plan.ts'
import { Replica } from './replica.ts'

const patience = { signal: undefined, until: performance.now() + 600_000 }
const text = (name: string, doc = ''): SchemaText => ({ format: 'AVRO', text: JSON.stringify({ type: 'fixed', size: 1, name, doc }) })

/** As a registration does it: what is known is no change. */
const registering =
  (subject: string, schema: SchemaText): Decide<string> =>
  (store) => {
    const known = store.find(subject, schema)
    const entry = known ?? store.prepare(subject, schema)
    const isNewSchema = !store.has(entry.id, subject)
    return {
      change: known === undefined ? { type: 'version', entry, isNewSchema } : undefined,
      answer: () => `${entry.subject} ${entry.version}: ${entry.id}`,
    }
  }
const muting: Decide<string> = () => ({ change: { type: 'mode', subject: 's', mode: 'READONLY' }, answer: () => 'muted' })
const refusing: Decide<string> = () => {
  throw new Error('no')
}

interface Planned {
  readonly replica: Replica
  readonly asked: readonly AskedChange[]
  readonly outcomes: readonly Promise<string>[]
  readonly plan: Plan
}

function planned(...decisions: readonly Decide<string>[]): Planned {
  const replica = new Replica(1, 'NONE', () => undefined)
  const all = decisions.map((decide) => askFor(decide, patience))
  const asked = all.map((one) => one.asked)
  const outcomes = all.map(({ outcome }) => outcome.catch((error: unknown) => String(error)))
  return { replica, asked, outcomes, plan: planFor(asked, replica, Number.POSITIVE_INFINITY) }
}

describe('changes that are planned together', () => {
  it('stand each on those before, and leave the state as it is until they are taken in', async () => {
    const { replica, plan, outcomes } = planned(
      registering('s', text('A')),
      refusing,
      registering('s', text('A')),
      registering('t', text('A')),
      registering('s', text('B')),
    )
    expect(plan.rows.map(({ row }) => row.seq)).toEqual([1, 2, 3])
    expect(plan.left).toEqual([])
    expect(replica.store.size).toEqual({ schemas: 0, subjects: 0, versions: 0 })
    replica.take(plan.rows.map(({ row }) => row))
    plan.settle(replica.store)
    expect(await Promise.all(outcomes)).toEqual(['s 1: 1', 'Error: no', 's 1: 1', 't 1: 1', 's 2: 2'])
  })

  it('end behind one that is no new version', async () => {
    const { replica, plan, outcomes, asked } = planned(registering('s', text('A')), muting, registering('s', text('B')))
    expect(plan.rows.map(({ change }) => change.type)).toEqual(['version', 'mode'])
    expect(plan.left).toEqual(asked.slice(2))
    replica.take(plan.rows.map(({ row }) => row))
    plan.settle(replica.store)
    expect(await Promise.all(outcomes.slice(0, 2))).toEqual(['s 1: 1', 'muted'])
    asked[2]?.refuse(new Error('left'))
  })

  it.each([
    ['rows', Array.from({ length: 60 }, (_, at) => text(`A${at}`)), 50],
    ['characters', Array.from({ length: 6 }, (_, at) => text(`A${at}`, 'x'.repeat(20_000))), 3],
    ['the first one, however long', [text('A', 'x'.repeat(200_000)), text('B')], 1],
  ])('are only so many: %s', (_name, schemas, most) => {
    const { plan, asked } = planned(...schemas.map((schema) => registering('s', schema)))
    expect(plan.rows.length).toBe(most)
    expect([...plan.asked, ...plan.left]).toEqual(asked)
    for (const one of asked) one.refuse(new Error('over'))
  })

  it('are one at least, when there is no time', () => {
    const { asked, replica } = planned(registering('s', text('A')), registering('s', text('B')))
    const plan = planFor(asked, replica, -1)
    expect(plan.rows).toHaveLength(1)
    expect(plan.left).toEqual(asked.slice(1))
    for (const one of asked) one.refuse(new Error('over'))
  })

  it('that change nothing can be answered alone', async () => {
    const { replica, plan, outcomes, asked } = planned(registering('s', text('A')), registering('s', text('A')), refusing)
    plan.settle(replica.store, true)
    expect(asked.map(({ isOver }) => isOver)).toEqual([false, true, false])
    plan.settle(replica.store)
    expect(await Promise.all(outcomes)).toEqual(['s 1: 1', 's 1: 1', 'Error: no'])
  })
})

describe('a change that is waited for', () => {
  const decide: Decide<number> = () => ({ answer: () => 7 })

  it('can be given up while nothing was sent, and again when it was not made', async () => {
    const controller = new AbortController()
    const { asked, outcome } = askFor(decide, { ...patience, signal: controller.signal })
    const told = outcome.catch((error: unknown) => error)
    asked.hold()
    controller.abort(new Error('enough'))
    expect(asked.isOver).toBe(false)
    asked.release()
    expect(asked.isOver).toBe(true)
    expect(await told).toEqual(new Error('enough'))
  })

  it('is answered when it was made, though it was to be given up', async () => {
    const controller = new AbortController()
    const { asked, outcome } = askFor(decide, { ...patience, signal: controller.signal })
    asked.hold()
    controller.abort(new Error('enough'))
    asked.answer(asked.decide({} as never).answer({} as never))
    asked.release()
    asked.refuse(new Error('late'))
    expect(await outcome).toBe(7)
  })

  it('is over at once when the signal was aborted before, or its time is up', async () => {
    const before = askFor(decide, { ...patience, signal: AbortSignal.abort(new Error('enough')) })
    await expect(before.outcome).rejects.toThrow('enough')
    const late = askFor(decide, { signal: undefined, until: performance.now() - 10_000 })
    await expect(late.outcome).rejects.toMatchObject({ code: 'registry-timeout' })
  })
})
