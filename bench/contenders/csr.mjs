import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'

/** `@kafkajs/confluent-schema-registry`, its cache warm. */
export function csrContender({ url, idV1, idV2, v1, framedV1, framedV2, value, change }) {
  const registry = new SchemaRegistry({ host: url })
  const readAsV1 = { [SchemaType.AVRO]: { readerSchema: v1 } }
  return {
    name: 'CSR',
    decode: () => registry.decode(framedV1),
    decodeNewer: () => registry.decode(framedV2, readAsV1),
    encode: () => registry.encode(idV1, value),
    roundTrip: async () => registry.encode(idV2, { ...(await registry.decode(framedV2)), ...change }),
  }
}
