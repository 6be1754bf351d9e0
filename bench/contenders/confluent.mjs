import { AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry'

/** Confluent's serializers, their caches warm. A subject's latest version is what they write and, by option, what they read as. */
export function confluentContender({ url, topicV1, topicV2, framedV1, framedV2, value, change }) {
  const client = new SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100, cacheLatestTtlSecs: 3600 })
  const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true })
  const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {})
  const asLatest = new AvroDeserializer(client, SerdeType.VALUE, { useLatestVersion: true })
  return {
    name: 'Confluent',
    decode: () => deserializer.deserialize(topicV1, framedV1),
    decodeNewer: () => asLatest.deserialize(topicV1, framedV2),
    encode: () => serializer.serialize(topicV1, value),
    roundTrip: async () => serializer.serialize(topicV2, { ...(await deserializer.deserialize(topicV2, framedV2)), ...change }),
  }
}
