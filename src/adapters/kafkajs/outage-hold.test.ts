import { describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { outageBackoff } from '../../middleware/outage.ts'
import { OutageHold, type Stalled } from './outage-hold.ts'

const at = { topic: 'orders', partition: 1, offset: '7' }
const error = new EvolveError('registry-unavailable', 'connection refused')
const stalled = (run: () => Promise<void>): Stalled => ({ lookup: { schemaIds: [4], run }, pending: undefined, error })
const alone = (): number => 1

/** A hold that would ask again in an hour, about. */
function sleeping(): OutageHold {
  const hold = new OutageHold(
    at,
    stalled(async () => undefined),
  )
  hold.failures = 20
  return hold
}

describe('a message that waits', () => {
  it('asks at once when it is woken', async () => {
    const hold = sleeping()
    const waiting = hold.wait(
      stalled(async () => undefined),
      Infinity,
      () => 1_000_000,
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
    hold.wake()
    expect(await waiting).toBe('answered')
  })

  it('ends without asking when it is ended, or over its limit', async () => {
    let asked = 0
    const asking = stalled(async () => void asked++)
    const ended = sleeping()
    const waiting = ended.wait(asking, Infinity, () => 1_000_000)
    ended.end()
    expect(await waiting).toBe('ended')
    expect(await sleeping().wait(asking, 5, () => 1_000_000)).toBe('expired')
    expect(asked).toBe(0)
  })

  it('is over its limit also while a look-up hangs', async () => {
    const hold = new OutageHold(
      at,
      stalled(async () => undefined),
    )
    const hanging: Stalled = { lookup: undefined, pending: new Promise(() => undefined), error: undefined }
    expect(await hold.wait(hanging, 5, alone)).toBe('expired')
  })

  it('asks again as long as the registry is away, and takes a refusal for an answer', async () => {
    const answers = [error, error, new EvolveError('schema-not-found', 'no such ID')]
    const hold = new OutageHold(
      at,
      stalled(async () => undefined),
    )
    const end = await hold.wait(
      stalled(async () => {
        throw answers.shift()
      }),
      Infinity,
      alone,
    )
    expect({ end, failures: hold.failures, left: answers.length, code: hold.code }).toEqual({
      end: 'answered',
      failures: 3,
      left: 0,
      code: 'registry-unavailable',
    })
  })
})

it('pauses between tries grow up to 5 s, and further where many ask', () => {
  const longest = (failures: number, sharing: number): number =>
    Math.max(...Array.from({ length: 2_000 }, () => outageBackoff(failures, sharing)))
  expect(longest(0, 1)).toBeLessThanOrEqual(200)
  expect(longest(1, 1)).toBeLessThanOrEqual(400)
  expect(longest(1_000, 1)).toBeLessThanOrEqual(5_000)
  expect(longest(1_000, 1)).toBeGreaterThan(4_000)
  expect(longest(1_000, 500)).toBeGreaterThan(40_000)
  expect(longest(1_000, 500)).toBeLessThanOrEqual(50_000)
})
