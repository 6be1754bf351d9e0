import { avro } from 'kafka-evolve'

/** An order as billing knows it: the schema that was deployed first. */
export const orderV1 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'paid', 'refused'] } },
    { name: 'channel', type: { type: 'enum', name: 'Channel', symbols: ['other', 'web', 'phone'], default: 'other' } },
    {
      name: 'customer',
      type: {
        type: 'record',
        name: 'Customer',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'email', type: ['null', 'string'], default: null },
        ],
      },
    },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'LineItem',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'quantity', type: 'int' },
            { name: 'priceCents', type: 'long' },
          ],
        },
      },
    },
    { name: 'totalCents', type: 'long' },
  ],
})

/**
 * The same order a year later, as checkout writes it: two more fields at the root, one more in each line item, one more sales channel,
 * and an e-mail address that is required now.
 */
export const orderV2 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'paid', 'refused'] } },
    { name: 'channel', type: { type: 'enum', name: 'Channel', symbols: ['other', 'web', 'phone', 'kiosk'], default: 'other' } },
    {
      name: 'delivery',
      type: [
        'null',
        {
          type: 'record',
          name: 'Delivery',
          fields: [
            { name: 'slot', type: 'string' },
            { name: 'instructions', type: 'string' },
          ],
        },
      ],
      default: null,
    },
    {
      name: 'customer',
      type: {
        type: 'record',
        name: 'Customer',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'email', type: 'string' },
        ],
      },
    },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'LineItem',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'warehouse', type: 'string', default: '' },
            { name: 'quantity', type: 'int' },
            { name: 'priceCents', type: 'long' },
          ],
        },
      },
    },
    { name: 'totalCents', type: 'long' },
    { name: 'loyaltyPoints', type: 'long', default: 0 },
  ],
})
