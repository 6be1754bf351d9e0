/** The messages that are measured: three sizes, each in the reader's version (v1) and in a newer writer's (v2). */

const FLAT_V1 = [
  { name: 'id', type: 'string' },
  { name: 'customer', type: 'string' },
  { name: 'status', type: 'string' },
  { name: 'currency', type: 'string' },
  { name: 'total', type: 'double' },
  { name: 'quantity', type: 'int' },
  { name: 'createdAt', type: 'long' },
  { name: 'gift', type: 'boolean' },
]
const CHANNEL = { name: 'channel', type: 'string', default: 'web' }
const LOYALTY = { name: 'loyaltyPoints', type: ['null', 'long'], default: null }
const WAREHOUSE = { name: 'warehouse', type: 'string', default: 'main' }

const flat = (fields) => ({ type: 'record', name: 'Order', namespace: 'bench', fields })

function nested(rootFields, itemFields) {
  const item = {
    type: 'record',
    name: 'Item',
    fields: [
      { name: 'sku', type: 'string' },
      { name: 'title', type: 'string' },
      ...itemFields,
      { name: 'quantity', type: 'int' },
      { name: 'price', type: 'double' },
      { name: 'discount', type: ['null', 'double'] },
    ],
  }
  const address = {
    type: 'record',
    name: 'Address',
    fields: [
      { name: 'street', type: 'string' },
      { name: 'city', type: 'string' },
      { name: 'zip', type: 'string' },
    ],
  }
  return flat([
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID', 'SENT', 'DONE'] } },
    { name: 'customer', type: 'string' },
    ...rootFields.slice(0, 1),
    { name: 'items', type: { type: 'array', items: item } },
    { name: 'labels', type: { type: 'map', values: 'string' } },
    { name: 'note', type: ['null', 'string'] },
    { name: 'address', type: ['null', address] },
    { name: 'total', type: 'double' },
    { name: 'createdAt', type: 'long' },
    ...rootFields.slice(1),
  ])
}

const flatValue = {
  id: 'o-7b6f2b0c91d44e6ab0ac2f1d3c4b5a69',
  customer: 'Ada Lovelace',
  status: 'NEW',
  currency: 'EUR',
  total: 1234.56,
  quantity: 3,
  createdAt: 1_760_000_000_000,
  gift: false,
}

function nestedValue(items, titleLength) {
  return {
    id: '7b6f2b0c-91d4-4e6a-b0ac-2f1d3c4b5a69',
    status: 'NEW',
    customer: 'Ada Lovelace',
    items: Array.from({ length: items }, (_, index) => ({
      sku: `SKU-${String(index).padStart(6, '0')}`,
      title: `Item ${index} of many, described`.padEnd(titleLength, '.'),
      quantity: (index % 7) + 1,
      price: 9.99 + index,
      discount: index % 3 === 0 ? 0.15 : null,
    })),
    labels: { source: 'shop', campaign: 'autumn', region: 'eu-central', device: 'phone', language: 'en' },
    note: 'leave it at the door',
    address: { street: '12 St James Square', city: 'London', zip: 'SW1Y 4JH' },
    total: 1234.56,
    createdAt: 1_760_000_000_000,
  }
}

/** The same value as a newer writer writes it. */
function newer(value) {
  const items = value.items?.map((item, index) => ({ ...item, warehouse: `WH-${index % 4}` }))
  return { ...value, ...(items === undefined ? {} : { items }), channel: 'app', loyaltyPoints: 1200 }
}

const payload = (size, about, v1, v2, value) => ({ size, about, v1, v2, value, newer: newer(value), change: { status: 'PAID' } })

/** Each: schemas `v1` and `v2`, `value` (v1), `newer` (the same in v2), and the `change` that a round trip makes. */
export const payloads = [
  payload('S', '8 flat fields', flat(FLAT_V1), flat([...FLAT_V1.slice(0, 5), CHANNEL, ...FLAT_V1.slice(5), LOYALTY]), flatValue),
  payload('M', 'nested order, 10 items, a map of 5, unions', nested([], []), nested([CHANNEL, LOYALTY], [WAREHOUSE]), nestedValue(10, 34)),
  payload('L', '200 items', nested([], []), nested([CHANNEL, LOYALTY], [WAREHOUSE]), nestedValue(200, 73)),
]
