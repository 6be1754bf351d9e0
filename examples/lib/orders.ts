import { avro } from 'kafka-evolve'

/** An order as it was when the first services were written. */
export const OrderV1 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'paid'] } },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'quantity', type: 'int' },
          ],
        },
      },
    },
  ],
})

/** The same order today: a currency, and a warehouse for each item. */
export const OrderV2 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'paid'] } },
    { name: 'currency', type: 'string', default: 'EUR' },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'quantity', type: 'int' },
            { name: 'warehouse', type: ['null', 'string'], default: null },
          ],
        },
      },
    },
  ],
})
