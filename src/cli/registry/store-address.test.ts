import { describe, expect, it } from 'vitest'
import { storeAddress, storeName } from './store-address.ts'

const topic = { kind: 'kafka', topic: undefined, replicationFactor: undefined, groupPrefix: undefined, ssl: false, sasl: undefined }

describe('storeAddress', () => {
  it.each<[text: string, address: object, name: string]>([
    ['memory', { kind: 'memory' }, 'memory'],
    ['file:/var/lib/schemas', { kind: 'file', folder: '/var/lib/schemas' }, 'file:/var/lib/schemas'],
    ['file:a:b c', { kind: 'file', folder: 'a:b c' }, 'file:a:b c'],
    ['postgres://ann:hush@db:5432/app', { kind: 'postgres', url: 'postgres://ann:hush@db:5432/app' }, 'postgres://db:5432/app'],
    ['postgres:postgres://ann:hush@db/app', { kind: 'postgres', url: 'postgres://ann:hush@db/app' }, 'postgres://db/app'],
    [
      'postgresql://ann:hush@db/app?sslmode=require',
      { kind: 'postgres', url: 'postgresql://ann:hush@db/app?sslmode=require' },
      'postgresql://db/app',
    ],
    [
      'postgres://ann:hush@db/app?schema=s&sslmode=require',
      { kind: 'postgres', url: 'postgres://ann:hush@db/app?sslmode=require', schema: 's' },
      'postgres://db/app?schema=s',
    ],
    ['kafka:a:9092', { ...topic, brokers: ['a:9092'] }, 'kafka:a:9092?topic=_schemas'],
    [
      'kafka://a:9092, b.c:1,[::1]:2?topic=t',
      { ...topic, brokers: ['a:9092', 'b.c:1', '[::1]:2'], topic: 't' },
      'kafka:a:9092,b.c:1,[::1]:2?topic=t',
    ],
    [
      'kafka:a:9092?replicationFactor=3&groupPrefix=g&ssl=true&sasl=scram-sha-256',
      { ...topic, brokers: ['a:9092'], replicationFactor: 3, groupPrefix: 'g', ssl: true, sasl: 'scram-sha-256' },
      'kafka:a:9092?topic=_schemas',
    ],
  ])('reads %s', (text, expected, name) => {
    const address = storeAddress(text)
    expect(address).toEqual(expected)
    expect(storeName(address)).toBe(name)
  })

  it.each([
    '',
    'redis://ann:hush@host',
    'memory:hush',
    'file:',
    'postgres',
    'postgres:hush',
    'postgres://ann:hu sh@@:x/',
    'mysql://ann:hush@db',
    'kafka:',
    'kafka:hush',
    'kafka:a:9092,',
    'kafka:ann:hush@a:9092',
    'kafka:a:9092?password=hush',
    'kafka:a:9092?sasl=hush',
    'kafka:a:9092?replicationFactor=hush',
    'FILE:x',
  ])('refuses %j, and quotes nothing of it', (text) => {
    expect(() => storeAddress(text)).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.not.stringContaining('hush') }),
    )
  })
})
