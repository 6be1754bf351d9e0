import type { Handling } from '../compare.ts'
import type { OrderV2 } from '../orders.ts'
import type { Billing } from '../services/billing.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import type { Stage } from '../stage/stage.ts'
import { shortName } from '../topics.ts'

/** billing, old code on schema v1, changes the orders and republishes them. Gives its own account of it. */
export async function playBilling(
  stage: Stage,
  billing: ServiceProcess<Billing>,
  written: readonly OrderV2[],
): Promise<readonly Handling[]> {
  stage.story.act(2, 'billing, a year old, changes them and republishes')
  stage.story.say(
    'billing knows schema v1 only, and sees typed v1 orders. With ordinary JavaScript (spread, filter, map, sort) it sets the status, ' +
      'edits, reorders and removes line items, and sends the result to a second topic. It has never heard of the new fields.',
  )
  const handled = await stage.waitFor(`billing to republish ${written.length} orders`, 30, billing.ask('handle', { count: written.length }))
  stage.story.say(
    `It republished ${handled.length} orders to the topic ${shortName(stage.topics.billed)}, and told the demo what it saw and what it sent.`,
  )
  return handled
}
