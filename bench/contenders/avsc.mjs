import avsc from 'avsc'

/** avsc with a resolver made once for each pair. It writes no prefix and reads none. What v1 does not know is lost. */
export function avscContender({ v1, v2, framedV1, framedV2, value, change }) {
  const type1 = avsc.Type.forSchema(v1)
  const type2 = avsc.Type.forSchema(v2)
  const resolver = type1.createResolver(type2)
  const bodyV1 = framedV1.subarray(5)
  const bodyV2 = framedV2.subarray(5)
  const textV2 = JSON.stringify(v2)
  return {
    name: 'avsc',
    decode: () => type1.fromBuffer(bodyV1),
    decodeNewer: () => type1.fromBuffer(bodyV2, resolver),
    encode: () => type1.toBuffer(value),
    /** In v2 throughout: through v1 the new fields would be lost. */
    roundTrip: () => type2.toBuffer({ ...type2.fromBuffer(bodyV2), ...change }),
    /** A writer schema never seen before, from its text to the first value. */
    firstMessage: () => {
      const writer = avsc.Type.forSchema(JSON.parse(textV2))
      return type1.fromBuffer(bodyV2, type1.createResolver(writer))
    },
  }
}
