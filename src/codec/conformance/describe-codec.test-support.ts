import { describe, expect, it } from 'vitest'
import { describeContract } from './contract.test-support.ts'
import { describeCopies } from './copies.test-support.ts'
import { describeEditing } from './editing.test-support.ts'
import type { CodecKit } from './kit.test-support.ts'
import { describeLosses } from './losses.test-support.ts'
import { describeOrigin } from './origin.test-support.ts'
import { describePolicies } from './policies.test-support.ts'
import { describeReading } from './reading.test-support.ts'

/**
 * What every format must hold, by the contract of codec/codec.ts alone: the laws of unknown fields L1 to L13 by example, policies, output
 * schemas, events. A format writes a {@link CodecKit}, and beside it the tests of what is its own.
 */
export function describeCodec(name: string, kit: CodecKit): void {
  describe(`${name} conforms to the contract of codecs`, () => {
    it('lacks only what it says why it lacks', () => {
      for (const reason of Object.values(kit.lacks)) expect(reason.length).toBeGreaterThan(10)
      const given = { merge: kit.codec.merge, symbolDefaults: kit.ticket, aliases: kit.renamed, promotion: kit.widened, byHand: kit.byHand }
      for (const [name, value] of Object.entries(given))
        expect([name, value !== undefined]).toEqual([name, kit.lacks[name as keyof typeof given] === undefined])
    })
    describeReading(kit)
    describeEditing(kit)
    describeCopies(kit)
    describeOrigin(kit)
    describeLosses(kit)
    describePolicies(kit)
    describeContract(kit)
  })
}
