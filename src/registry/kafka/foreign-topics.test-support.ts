/** Records of a topic in their order: key, and value or none. */
export type TopicDump = readonly (readonly [key: string, value: string | null])[]

/**
 * What Karapace 5 wrote for: three subjects with a schema twice, levels for all and for subjects, JSON Schema, Protocol Buffers, a reference, a version deleted, a subject deleted and
 * purged, a subject deleted, the version with the last ID purged, a level taken back and set again. It purges with values of no bytes.
 */
export const karapaceTopic: TopicDump = [
  [
    '{"keytype":"SCHEMA","subject":"orders-value","version":1,"magic":1}',
    '{"subject":"orders-value","version":1,"id":1,"schema":"{\\"fields\\":[{\\"name\\":\\"id\\",\\"type\\":\\"string\\"}],\\"name\\":\\"Order\\",\\"namespace\\":\\"shop\\",\\"type\\":\\"record\\"}","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"orders-value","version":2,"magic":1}',
    '{"subject":"orders-value","version":2,"id":2,"schema":"{\\"fields\\":[{\\"name\\":\\"id\\",\\"type\\":\\"string\\"},{\\"default\\":null,\\"doc\\":\\"ü\\",\\"name\\":\\"note\\",\\"type\\":[\\"null\\",\\"string\\"]}],\\"name\\":\\"Order\\",\\"namespace\\":\\"shop\\",\\"type\\":\\"record\\"}","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"orders-copy-value","version":1,"magic":1}',
    '{"subject":"orders-copy-value","version":1,"id":1,"schema":"{\\"fields\\":[{\\"name\\":\\"id\\",\\"type\\":\\"string\\"}],\\"name\\":\\"Order\\",\\"namespace\\":\\"shop\\",\\"type\\":\\"record\\"}","deleted":false}',
  ],
  ['{"keytype":"CONFIG","subject":null,"magic":0}', '{"compatibilityLevel":"BACKWARD"}'],
  ['{"keytype":"CONFIG","subject":"orders-value","magic":0}', '{"compatibilityLevel":"FULL_TRANSITIVE"}'],
  ['{"keytype":"CONFIG","subject":"gone-value","magic":0}', '{"compatibilityLevel":"NONE"}'],
  [
    '{"keytype":"SCHEMA","subject":"json-value","version":1,"magic":1}',
    '{"subject":"json-value","version":1,"id":3,"schema":"{\\"properties\\":{\\"a\\":{\\"type\\":\\"integer\\"}},\\"type\\":\\"object\\"}","deleted":false,"schemaType":"JSON"}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"proto-value","version":1,"magic":1}',
    '{"subject":"proto-value","version":1,"id":4,"schema":"syntax = \\"proto3\\";\\n\\nmessage M {\\n  string a = 1;\\n}\\n","deleted":false,"schemaType":"PROTOBUF"}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"refs-value","version":1,"magic":1}',
    '{"subject":"refs-value","version":1,"id":5,"schema":"{\\"fields\\":[{\\"name\\":\\"o\\",\\"type\\":\\"shop.Order\\"}],\\"name\\":\\"Holder\\",\\"type\\":\\"record\\"}","deleted":false,"references":[{"name":"shop.Order","subject":"orders-value","version":1}]}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"soft-value","version":1,"magic":1}',
    '{"subject":"soft-value","version":1,"id":6,"schema":"\\"int\\"","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"soft-value","version":2,"magic":1}',
    '{"subject":"soft-value","version":2,"id":7,"schema":"\\"long\\"","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"soft-value","version":3,"magic":1}',
    '{"subject":"soft-value","version":3,"id":8,"schema":"\\"double\\"","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"soft-value","version":2,"magic":1}',
    '{"subject":"soft-value","version":2,"id":7,"schema":"\\"long\\"","deleted":true}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"gone-value","version":1,"magic":1}',
    '{"subject":"gone-value","version":1,"id":9,"schema":"\\"string\\"","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"gone-value","version":2,"magic":1}',
    '{"subject":"gone-value","version":2,"id":10,"schema":"\\"bytes\\"","deleted":false}',
  ],
  ['{"keytype":"DELETE_SUBJECT","subject":"gone-value","magic":0}', '{"subject":"gone-value","version":2}'],
  ['{"keytype":"SCHEMA","subject":"gone-value","version":1,"magic":1}', ''],
  ['{"keytype":"SCHEMA","subject":"gone-value","version":2,"magic":1}', ''],
  [
    '{"keytype":"SCHEMA","subject":"hidden-value","version":1,"magic":1}',
    '{"subject":"hidden-value","version":1,"id":11,"schema":"\\"float\\"","deleted":false}',
  ],
  ['{"keytype":"DELETE_SUBJECT","subject":"hidden-value","magic":0}', '{"subject":"hidden-value","version":1}'],
  [
    '{"keytype":"SCHEMA","subject":"last-value","version":1,"magic":1}',
    '{"subject":"last-value","version":1,"id":12,"schema":"{\\"name\\":\\"F\\",\\"size\\":3,\\"type\\":\\"fixed\\"}","deleted":false}',
  ],
  [
    '{"keytype":"SCHEMA","subject":"last-value","version":1,"magic":1}',
    '{"subject":"last-value","version":1,"id":12,"schema":"{\\"name\\":\\"F\\",\\"size\\":3,\\"type\\":\\"fixed\\"}","deleted":true}',
  ],
  ['{"keytype":"SCHEMA","subject":"last-value","version":1,"magic":1}', ''],
  ['{"keytype":"CONFIG","subject":"orders-value","magic":0}', ''],
  ['{"keytype":"CONFIG","subject":"orders-value","magic":0}', '{"compatibilityLevel":"FORWARD"}'],
]

const schemaValue = (subject: string, version: number, id: number, schema: string, more: object = {}): string =>
  JSON.stringify({ subject, version, id, ...more, schema, deleted: false, ...more })

/**
 * As Confluent's registry writes its records (`storage/*Key.java`, `*Value.java`): keys of an early version with magic 0, and all that there is in later ones.
 */
export const confluentTopic: TopicDump = [
  ['{"keytype":"NOOP","magic":0}', null],
  ['{"keytype":"SCHEMA","subject":"old","version":1,"magic":0}', '{"subject":"old","version":1,"id":1,"schema":"\\"int\\""}'],
  ['{"keytype":"SCHEMA","subject":"old","version":2,"magic":1}', schemaValue('old', 2, 21, '"long"')],
  ['{"keytype":"CONFIG","subject":null,"magic":0}', '{"compatibilityLevel":"BACKWARD"}'],
  ['{"keytype":"CONFIG","magic":0}', '{"compatibilityLevel":"FULL"}'],
  [
    '{"keytype":"CONFIG","subject":"old","magic":0}',
    '{"subject":"old","compatibilityLevel":"NONE","normalize":true,"validateRules":true,"someday":[]}',
  ],
  ['{"keytype":"MODE","subject":"read-only","magic":0}', '{"subject":"read-only","mode":"READONLY"}'],
  ['{"keytype":"CONTEXT","tenant":"default","context":".ctx","magic":0}', '{"tenant":"default","context":".ctx"}'],
  ['{"keytype":"SCHEMA","subject":":.ctx:s","version":1,"magic":1}', schemaValue(':.ctx:s', 1, 1, '"bytes"')],
  [
    '{"keytype":"SCHEMA","subject":"contract","version":4,"magic":1}',
    schemaValue('contract', 4, 40, '"double"', {
      md5: 'aGFzaA==',
      schemaType: 'AVRO',
      metadata: { tags: {}, properties: { owner: 'ü' }, sensitive: [] },
      ruleSet: { domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'true', disabled: false }] },
    }),
  ],
  [
    '{"keytype":"SCHEMA","subject":"refs","version":1,"magic":1}',
    schemaValue('refs', 1, 41, '{"type":"array","items":"N"}', { references: [{ name: 'N', subject: 'old', version: 2 }] }),
  ],
  // Deleted, and back again, as an import does.
  ['{"keytype":"SCHEMA","subject":"contract","version":2,"magic":1}', schemaValue('contract', 2, 39, '"float"')],
  ['{"keytype":"SCHEMA","subject":"contract","version":2,"magic":1}', schemaValue('contract', 2, 39, '"float"', { deleted: true })],
  ['{"keytype":"SCHEMA","subject":"contract","version":2,"magic":1}', schemaValue('contract', 2, 39, '"float"')],
  // A subject that was deleted and purged; the key of its first version has two spellings.
  ['{"keytype":"SCHEMA","subject":"gone","version":1,"magic":0}', schemaValue('gone', 1, 50, '"secret"')],
  ['{"keytype":"SCHEMA","subject":"gone","version":2,"magic":1}', schemaValue('gone', 2, 51, '{"type":"fixed","name":"Secret","size":1}')],
  ['{"keytype":"DELETE_SUBJECT","subject":"gone","magic":0}', '{"subject":"gone","version":2}'],
  ['{"keytype":"SCHEMA","subject":"gone","version":1,"magic":1}', null],
  ['{"keytype":"SCHEMA","subject":"gone","version":2,"magic":1}', null],
  // One ID with two meanings, and what this code does not know.
  ['{"keytype":"SCHEMA","subject":"clash","version":1,"magic":1}', schemaValue('clash', 1, 40, '"string"')],
  ['{"keytype":"ASSOC","tenant":"default","resourceId":"r","magic":0}', '{"id":60,"subject":"old"}'],
  ['{"keytype":"SCHEMA","subject":"xml","version":1,"magic":1}', schemaValue('xml', 1, 61, '<x/>', { schemaType: 'XML' })],
  ['{"keytype":"SCHEMA","subject":"torn","version":1,"magic":1}', '{"subject":"torn","vers'],
  ['not a key', '{"id":62}'],
]
