import { playCheckout } from './acts/act1-checkout.ts'
import { playBilling } from './acts/act2-billing.ts'
import { playAudit } from './acts/act3-audit.ts'
import { playComparison } from './acts/act4-csr.ts'
import { playRollingUpgrade } from './acts/act5-rolling.ts'
import type { DemoOptions } from './options.ts'
import type { Story } from './print/story.ts'
import { type DemoResult, nothingLost } from './result.ts'
import type { Audit } from './services/audit.ts'
import type { Billing } from './services/billing.ts'
import type { BillingCsr } from './services/billing-csr.ts'
import type { Checkout } from './services/checkout.ts'
import { DemoFailure, Interrupted } from './stage/failure.ts'
import { buildSet, type Scenery } from './stage/set.ts'
import { Stage } from './stage/stage.ts'

/**
 * All five acts. Whatever happens, no process, topic or file is left behind when this settles.
 * @throws Interrupted when the signal aborts with it; DemoFailure for what a person can understand; EvolveError from the library.
 */
export async function play(options: DemoOptions, story: Story, signal: AbortSignal): Promise<DemoResult> {
  const began = Date.now()
  const stage = new Stage(story, `kafka-evolve-demo-${process.pid}-${began.toString(36)}`, signal)
  let scenery: Scenery | undefined
  try {
    story.say('kafka-evolve: an old service republishes the orders of a newer one, on a real Kafka, and nothing is lost.', 'heading')
    // forked before the broker is up, so that they are ready when it is
    const checkout = stage.launch<Checkout>('checkout', 'checkout.js')
    const billing = stage.launch<Billing>('billing', 'billing.js')
    const audit = stage.launch<Audit>('audit', 'audit.js')
    const billingCsr = stage.launch<BillingCsr>('billing-csr', 'billing-csr.js')
    scenery = await buildSet(stage)
    story.note(
      `registry, in a topic of this Kafka: schema v1 has ID ${scenery.ids.v1}, v2 has ID ${scenery.ids.v2}; both registered for every topic, as a deployment does`,
    )

    const written = await playCheckout(stage, checkout)
    const handled = await playBilling(stage, billing, written)
    const audited = await playAudit(stage, audit, written, handled)
    const comparison = await playComparison(stage, billingCsr, audit, written, audited)
    await Promise.all([stage.retire(checkout), stage.retire(billing), stage.retire(billingCsr)])
    const rolling = await playRollingUpgrade(stage, audit, options.messages)

    return {
      ok: nothingLost(audited, rolling),
      broker: { way: scenery.way, why: scenery.why },
      schemaIds: scenery.ids,
      checkout: { orders: written.length, lineItems: written.reduce((total, order) => total + order.items.length, 0) },
      billing: { orders: handled.length },
      audit: audited,
      comparison,
      rolling,
      seconds: (Date.now() - began) / 1000,
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw await explained(error, scenery)
  } finally {
    await stage.close()
    await scenery?.strike()
  }
}

/** A dead broker shows up in whatever waits for it first; this says so. */
async function explained(error: unknown, scenery: Scenery | undefined): Promise<unknown> {
  const obituary = error instanceof Interrupted ? '' : await scenery?.obituary()
  if (obituary === undefined || obituary === '') return error
  return new DemoFailure(`${error instanceof Error ? error.message : String(error)}\n${obituary}`, { cause: error })
}
