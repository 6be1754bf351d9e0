import { describe, expect, it } from 'vitest'
import { keyText, noopKey, readKey } from './keys.ts'

const stamp = { seq: 42, node: '0b9d4c3e-6f4e-4a57-9a53-0f3a1c3f7f10' }
const end = `"seq":42,"node":"${stamp.node}"}`

describe('the bytes of keys', () => {
  // These texts are in users' topics. Compaction goes by their bytes: a change of one of them brings back what was deleted.
  it.each([
    [
      { keytype: 'SCHEMA', subject: 'orders-value', version: 3, ...stamp },
      `{"keytype":"SCHEMA","subject":"orders-value","version":3,"magic":1,${end}`,
    ],
    [
      { keytype: 'SCHEMA', subject: ':.ctx:ü"\\', version: 1, ...stamp },
      `{"keytype":"SCHEMA","subject":":.ctx:ü\\"\\\\","version":1,"magic":1,${end}`,
    ],
    [{ keytype: 'DELETE_SUBJECT', subject: 's', ...stamp }, `{"keytype":"DELETE_SUBJECT","subject":"s","magic":0,${end}`],
    [{ keytype: 'CONFIG', subject: 's', ...stamp }, `{"keytype":"CONFIG","subject":"s","magic":0,${end}`],
    [{ keytype: 'CONFIG', ...stamp }, `{"keytype":"CONFIG","subject":null,"magic":0,${end}`],
    [{ keytype: 'MODE', subject: 's', ...stamp }, `{"keytype":"MODE","subject":"s","magic":0,${end}`],
    [{ keytype: 'MODE', ...stamp }, `{"keytype":"MODE","subject":null,"magic":0,${end}`],
    [{ keytype: 'PURGE', subject: 's', ...stamp }, `{"keytype":"PURGE","subject":"s","magic":0,${end}`],
    [{ keytype: 'RESERVE', ...stamp }, `{"keytype":"RESERVE","magic":0,${end}`],
  ])('are the same for ever: %o', (key, text) => {
    expect(keyText(key)).toBe(text)
    expect(readKey(Buffer.from(text))).toEqual(key)
  })

  it('are those of Confluent for a record that says nothing', () => {
    expect(noopKey).toBe('{"keytype":"NOOP","magic":0}')
  })
})

describe('reading a key', () => {
  it.each([
    ['of Confluent', '{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}', { keytype: 'SCHEMA', subject: 's', version: 1 }],
    ['of an old Confluent', '{"keytype":"SCHEMA","subject":"s","version":1,"magic":0}', { keytype: 'SCHEMA', subject: 's', version: 1 }],
    [
      'of an old Karapace',
      '{"subject": "s", "version": 1, "magic": 1, "keytype": "SCHEMA"}',
      { keytype: 'SCHEMA', subject: 's', version: 1 },
    ],
    ['for all, with null', '{"keytype":"CONFIG","subject":null,"magic":0}', { keytype: 'CONFIG' }],
    ['for all, without', '{"keytype":"CONFIG","magic":0}', { keytype: 'CONFIG' }],
    ['of Redpanda', '{"keytype":"MODE","subject":"s","magic":0,"seq":7,"node":2}', { keytype: 'MODE', subject: 's', seq: 7, node: '2' }],
    ['of a context', '{"keytype":"CONTEXT","tenant":"default","context":".ctx","magic":0}', { keytype: 'CONTEXT' }],
    ['of what is not known', '{"keytype":"FUTURE","subject":"s"}', { keytype: 'FUTURE', subject: 's' }],
  ])('%s', (_name, text, key) => expect(readKey(Buffer.from(text))).toEqual(key))

  it.each([
    '',
    'null',
    '[]',
    '"SCHEMA"',
    '{}',
    '{"keytype":1}',
    '{"keytype":"SCHEMA"}',
    '{"keytype":"SCHEMA","subject":"s"}',
    '{"keytype":"SCHEMA","subject":"s","version":0}',
    '{"keytype":"SCHEMA","subject":"s","version":1.5}',
    '{"keytype":"SCHEMA","subject":1,"version":1}',
    '{"keytype":"CONFIG","subject":{}}',
    '{"keytype":"CONFIG","seq":-1,"node":"n"}',
    '{"keytype":"CONFIG","seq":"1","node":"n"}',
    '{"keytype":"CONFIG","seq":1}',
    '{"keytype":"CONFIG"',
    '['.repeat(100_000),
  ])('refuses %.60s', (text) => expect(readKey(Buffer.from(text))).toBeUndefined())
})
