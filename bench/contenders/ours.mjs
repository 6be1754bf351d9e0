/** Room for the prefix. */
const framed = Object.freeze({ headroom: 5 })

/** kafka-evolve, from the build `api`. Reads and writes with the 5-byte prefix; all that v1 does not know is kept. */
export function oursContender({ api, v1, v2, idV1, idV2, framedV1, framedV2, value, change }) {
  const v1Definition = api.avro(v1)
  const same = api.resolve(v1Definition, v1Definition)
  const newer = api.resolve(api.parseSchema(v2), v1Definition)
  const textV2 = JSON.stringify(v2)
  return {
    name: 'kafka-evolve',
    decode: () => same.decode(framedV1, 5),
    decodeNewer: () => newer.decode(framedV2, 5),
    encode: () => prefixed(same.encode(value, framed), idV1),
    /** Read as v1, changed as v1, written as v2: what an old service does when it republishes. */
    roundTrip: () => prefixed(newer.encode({ ...newer.decode(framedV2, 5), ...change }, framed), idV2),
    /** A writer schema never seen before, from its text to the first value. */
    firstMessage: () => api.resolve(api.parseSchema(textV2), v1Definition).decode(framedV2, 5),
  }
}

function prefixed(bytes, id) {
  bytes[0] = 0
  bytes.writeUInt32BE(id, 1)
  return bytes
}
