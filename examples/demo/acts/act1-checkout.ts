import type { OrderV2 } from '../orders.ts'
import type { Checkout } from '../services/checkout.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import type { Stage } from '../stage/stage.ts'
import { shortName } from '../topics.ts'

/** Orders of the first four acts: enough that every field takes several values. */
export const orderCount = 12

/** checkout writes orders in schema v2. Gives what it wrote, from its own memory. */
export async function playCheckout(stage: Stage, checkout: ServiceProcess<Checkout>): Promise<readonly OrderV2[]> {
  stage.story.act(1, 'checkout writes orders in schema v2')
  stage.story.say(
    'checkout was upgraded yesterday. Against v1 its orders have two more fields at the root (delivery, loyaltyPoints), one more in each ' +
      'line item (warehouse), one more sales channel (kiosk), and an e-mail address that is required now.',
  )
  const orders = await stage.waitFor(`checkout to write ${orderCount} orders`, 30, checkout.ask('write', { count: orderCount }))
  const items = orders.reduce((total, order) => total + order.items.length, 0)
  stage.story.say(`It wrote ${orders.length} orders with ${items} line items to the topic ${shortName(stage.topics.orders)}.`)
  return orders
}
