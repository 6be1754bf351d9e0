import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encode, encodeSingleObject, parseSchema, textOf } from '../../avro.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { type RegistryServer, serveRegistry } from '../../registry/server/serve.ts'
import { type Ran, runCli } from '../run.test-support.ts'

const orderLine = { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] }
const order = parseSchema({
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'quantity', type: 'int' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'lines', type: { type: 'array', items: orderLine } },
    { name: 'tags', type: { type: 'map', values: ['null', 'int'] } },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } },
  ],
})
const value = {
  id: 'ord-1',
  quantity: 2,
  at: new Date(1.7e12),
  lines: [{ sku: 'A' }],
  tags: { n: 7 },
  price: '12.50',
  state: 'PAID' as const,
}
const body = encode(order, value)
const mine = {
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'qty', aliases: ['quantity'], type: 'long' },
    { name: 'currency', type: 'string', default: 'EUR' },
    { name: 'id', type: 'string' },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW'], default: 'NEW' } },
  ],
}

const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
let server: RegistryServer
let message: Buffer

beforeAll(async () => {
  const registry = memoryRegistry()
  server = await serveRegistry({ registry, port: 0 })
  await registry.register('other-value', { format: 'AVRO', text: '"string"' })
  const { id } = await registry.register('orders-value', { format: 'AVRO', text: JSON.stringify(JSON.parse(textOfOrder)) })
  await registry.register('proto-value', { format: 'PROTOBUF', text: 'syntax = "proto3"; message A { string a = 1; }' })
  await registry.register('json-value', { format: 'JSON', text: '{"type":"object"}' })
  message = Buffer.concat([Buffer.from([0, 0, 0, 0, id]), body])
  writeFileSync(join(folder, 'message.bin'), message)
  writeFileSync(join(folder, 'order.avsc'), textOfOrder)
  writeFileSync(join(folder, 'order.avdl'), 'namespace shop; schema Order; record Order { string id; }')
  writeFileSync(join(folder, 'mine.avsc'), JSON.stringify(mine))
  writeFileSync(join(folder, 'bad.avsc'), '{"type":"recrd"}')
  writeFileSync(join(folder, 'narrow.avsc'), JSON.stringify({ type: 'record', name: 'shop.Order', fields: [{ name: 'new', type: 'int' }] }))
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const textOfOrder = textOf(order) as string

const run = (argv: readonly string[], stdin: string | Uint8Array = ''): Promise<Ran> =>
  runCli(['explain', ...argv], { cwd: folder, stdin, env: { KAFKA_EVOLVE_REGISTRY: server.url } })

const lines = (): string[] => [
  `message  34 bytes · Confluent frame, schema ID 2`,
  `schema   shop.Order · orders-value v1 · from ${server.url}`,
  '',
  'what the writer wrote',
  '  [ 0,  1)  00                         ·                                    magic byte',
  '  [ 1,  5)  00 00 00 02                ·                                    schema ID 2',
  '  [ 5, 34)  0a 6f 72 64 2d 31 04 80 …  (value)     shop.Order',
  '  [ 5, 11)  0a 6f 72 64 2d 31            id        string                   "ord-1"',
  '  [11, 12)  04                           quantity  int                      2',
  '  [12, 20)  80 80 f2 81 83 89 85 06      at        long (timestamp-micros)  2023-11-14T22:13:20.000000Z (1700000000000000)',
  '  [20, 24)  02 02 41 00                  lines     array of shop.Line       1 item',
  '  [20, 21)  02                             ·                                a block of 1 item',
  '  [21, 23)  02 41                          [0]     shop.Line',
  '  [21, 23)  02 41                            sku   string                   "A"',
  '  [23, 24)  00                             ·                                the end',
  '  [24, 30)  02 02 6e 02 0e 00            tags      map of (null | int)      1 item',
  '  [24, 25)  02                             ·                                a block of 1 item',
  '  [25, 29)  02 6e 02 0e                    "n"     int ‹null | int›         7',
  '  [29, 30)  00                             ·                                the end',
  '  [30, 33)  04 04 e2                     price     bytes (decimal)          12.50',
  '  [33, 34)  02                           state     shop.State               PAID',
  '',
]

describe('explain', () => {
  it('takes a message apart', async () => {
    expect(await run([message.toString('hex')])).toEqual({ code: 0, out: lines().join('\n'), err: '' })
  })

  it.each<[string, () => [string[], (string | Uint8Array)?]]>([
    ['hex in capitals with 0x', () => [[`0x${message.toString('hex').toUpperCase()}`]]],
    ['hex with blanks', () => [[message.toString('hex').replace(/../g, '$& ')]]],
    ['escapes', () => [[message.toString('hex').replace(/../g, '\\x$&')]]],
    ['base64', () => [[message.toString('base64')]]],
    ['base64url', () => [[message.toString('base64url')]]],
    ['a file', () => [['message.bin']]],
    ['a file, said to be raw', () => [['message.bin', '--format', 'raw']]],
    ['standard input', () => [['-'], message]],
    ['hex on standard input', () => [['-'], `${message.toString('hex')}\n`]],
    ['base64 on standard input', () => [['-', '--format', 'base64'], message.toString('base64').replace(/.{20}/g, '$&\n')]],
    ['xxd', () => [['-'], dump(message, (offset, hex, text) => `${offset}: ${hex.replace(/(....)/g, '$1 ').padEnd(40)} ${text}`)]],
    [
      'hexdump -C',
      () => [
        ['-'],
        `${dump(message, (offset, hex, text) => `${offset}  ${hex.replace(/../g, '$& ').padEnd(48)} |${text}|`)}\n${message.length.toString(16).padStart(8, '0')}`,
      ],
    ],
  ])('takes the bytes as %s', async (_name, input) => {
    const expected = await run([message.toString('hex')])
    expect(await run(...input())).toEqual(expected)
  })

  it('says what a reader sees and carries', async () => {
    const { code, out } = await run(['message.bin', '--reader', 'mine.avsc'])
    expect(code).toBe(0)
    expect(out).toMatch(/qty +long +2 {2}← the writer calls it quantity; int read as long/)
    expect(out).toMatch(/^ {2,}currency +string +"EUR" {2}← not in the message: your default$/m)
    expect(out).toMatch(/state +shop\.State +NEW {2}← the writer says PAID: your default symbol/)
    const carried = out.slice(out.indexOf('what you carry'))
    for (const name of ['/at', '/lines', '/tags', '/price']) expect(carried).toMatch(new RegExp(`${name} .*← unknown to you`))
    expect(carried).toMatch(/\/state .*← shown as something else/)
    expect(out).toContain('written back unchanged  the same bytes again')
  })

  it('gives machines all of it', async () => {
    const { code, out } = await run(['message.bin', '--reader', 'mine.avsc', '--json'])
    const report = JSON.parse(out) as { parts: [{ parts: object[] }]; reader: { sees: { inside: object[] }; carries: object[] } }
    expect(code).toBe(0)
    expect(report).toMatchObject({
      bytes: message.length,
      frame: { kind: 'confluent', id: 2, from: 0, to: 5 },
      writer: { id: 2, format: 'AVRO', name: 'shop.Order' },
      reader: { name: 'shop.Order', from: 'mine.avsc', relation: 'diverged', writtenBackIsSame: true },
    })
    expect(report.parts[0].parts[0]).toEqual({
      role: 'value',
      name: 'id',
      type: 'string',
      from: 5,
      to: 11,
      hex: '0a6f72642d31',
      value: 'ord-1',
    })
    expect(report.parts[0].parts[2]).toMatchObject({ value: 1.7e15, meaning: '2023-11-14T22:13:20.000000Z' })
    expect(report.reader.carries).toHaveLength(5)
    expect(report.reader.sees.inside[1]).toEqual({
      name: 'currency',
      type: 'string',
      default: 'EUR',
      marks: [{ kind: 'defaulted', text: 'not in the message: your default' }],
    })
  })

  it('shows a damaged message up to where it breaks', async () => {
    const { code, out } = await run([message.toString('hex', 0, 9), '--reader', 'mine.avsc'])
    expect(code).toBe(1)
    expect(out).toContain('✗ damaged at byte 5 in /id: expected string\n  [truncated] a string of 5 bytes, 3 left\n')
    expect(out).toMatch(/\[5, 9\) +0a 6f 72 64 +✗ +4 bytes not read/)
    expect(out).toContain('✗ it cannot be read')
    const json = JSON.parse((await run([message.toString('hex', 0, 9), '--json'])).out) as object
    expect(json).toMatchObject({ damage: { at: 5, path: '/id', expected: 'string', code: 'truncated' } })
  })

  it('shows the branch of a union whose value is cut off', async () => {
    const nothing = { fields: [{ name: 'note', type: ['null', 'string'] }], type: 'record', name: 'N' }
    writeFileSync(join(folder, 'union.avsc'), JSON.stringify(nothing))
    const { out } = await run(['020861', '--unframed', '--schema', 'union.avsc', '--format', 'hex'])
    expect(out).toContain(
      [
        '  [0, 3)  02 08 61                   (value)  N',
        '  [0, 3)  02 08 61                     note   null | string',
        '  [0, 1)  02                             ·                   branch 1',
        '  [1, 3)  08 61                          ✗                   2 bytes not read',
      ].join('\n'),
    )
  })

  it('says when a reader cannot read it', async () => {
    const { code, out } = await run(['message.bin', '--reader', 'narrow.avsc'])
    expect(code).toBe(1)
    expect(out).toContain('your schema can read no message of this writer')
    expect(out).toMatch(/✗ it cannot be read at \/new: \[incompatible-schemas\]/)
  })

  it.each<[string, string, string]>([
    ['', '-', 'nothing: it has no bytes'],
    ['7b2261223a317d', '', 'JSON text'],
    ['3c613e', '', 'text, probably XML'],
    ['68656c6c6f', '', 'plain text'],
    ['aced000573720001', '', 'Java serialization'],
    ['1f8b0800', '', 'gzip'],
    ['28b52ffd', '', 'zstd'],
    ['4f626a01', '', 'an Avro container file'],
    ['0000', '', 'the beginning of a Confluent frame: 2 of 5 bytes'],
    ['c30101', '', 'the beginning of an Avro single object: 3 of 10 bytes'],
    ['0300000102030405060708090a0b0c0d0e0f00', '', 'probably a message of the AWS Glue serializer'],
    ['01000102030405060708090a0b0c0d0e0f', '', 'the GUID of a schema .* header __value_schema_id: 00010203-0405-0607-0809-0a0b0c0d0e0f'],
    ['01020304ff', '', 'bytes of no known form'],
  ])('says honestly what %s is', async (hex, word, expected) => {
    const { code, out } = await run([word === '' ? hex : word])
    expect(code).toBe(1)
    expect(out).toMatch(new RegExp(`^this is {2}${expected}`, 'm'))
    expect(JSON.parse((await run([word === '' ? hex : word, '--json'])).out)).toMatchObject({ frame: { kind: 'other' } })
  })

  it('reads single objects and bare values with a given schema, and asks nobody', async () => {
    const single = encodeSingleObject(order, value).toString('hex')
    const offline = (argv: string[]): Promise<Ran> => runCli(['explain', ...argv], { cwd: folder })
    expect((await offline([single, '--schema', 'order.avsc'])).out).toMatch(/\[10, 16\) .*id +string +"ord-1"/)
    expect((await offline([body.toString('hex'), '--unframed', '--schema', 'order.avsc'])).out).toMatch(
      /\[ 0, {2}6\) .*id +string +"ord-1"/,
    )
    expect((await offline(['000000000906616263', '--schema', 'order.avdl'])).out).toMatch(/id +string +"abc"/)
  })

  it('says of other schema languages that they are not taken apart', async () => {
    const proto = await runCli(['explain', '0000000003000a0161'], { cwd: folder, env: { KAFKA_EVOLVE_REGISTRY: server.url } })
    expect([proto.code, proto.err]).toEqual([1, ''])
    expect(proto.out).toContain('schema   PROTOBUF · proto-value v1 · from')
    expect(proto.out).toContain('The schema is Protobuf: only Avro is taken apart. The value is the 4 bytes behind the frame.')
    const json = await run(['00000000047b2261223a317d'])
    expect(json.out).toContain('The schema is JSON Schema')
    expect(json.out).toContain('{"a":1}')
  })

  it('cuts what is long, unless all is asked for', async () => {
    const long = encode(order, { ...value, id: 'x'.repeat(500), lines: Array.from({ length: 50 }, (_, index) => ({ sku: `S${index}` })) })
    const hex = `0000000002${long.toString('hex')}`
    const short = (await run([hex])).out
    expect(short).toContain(`"${'x'.repeat(72)}"… (500 characters)`)
    expect(short).toMatch(/… +30 more items \(--full shows them\)/)
    const full = (await run([hex, '--full'])).out
    expect(full).toContain(`"${'x'.repeat(500)}"\n`)
    expect(full).toContain('"S49"')
  })

  it('shows all of what is very long, where all is asked for', async () => {
    const many = encode(order, { ...value, lines: Array.from({ length: 70_000 }, () => ({ sku: '' })) })
    writeFileSync(join(folder, 'many.bin'), many)
    const { code, out } = await run(['many.bin', '--unframed', '--schema', 'order.avsc', '--full'])
    expect(code).toBe(0)
    expect(out.split('\n').length).toBeGreaterThan(140_000)
  })

  it('never hands a control character of a message to the terminal', async () => {
    const evil = encode(order, { ...value, id: '\u001b[2J\u009b31m\u202e' })
    const { out } = await run([`0000000002${evil.toString('hex')}`, '--no-color'])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })

  it.each<[string[], string, string?]>([
    [['zz'], 'zz is neither hex nor base64, and no file is called so'],
    [['abc', '--format', 'hex'], 'abc is not hex'],
    [['missing.bin', '--format', 'raw'], 'missing.bin is not a file'],
    [['00'.repeat(6), '--reader', 'missing.avsc'], '--reader: cannot read missing.avsc: there is no such file'],
    [['00'.repeat(6), '--unframed'], '--unframed needs --schema FILE: nothing in the bytes says which schema wrote them'],
    [['00'.repeat(6), '--format', 'hexx'], '--format cannot be hexx'],
  ])('%j is a mistake', async (argv, problem) => {
    const { code, out, err } = await run(argv)
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', `kafka-evolve: [invalid-options] ${problem}`])
  })

  it('says which file holds no schema', async () => {
    const { code, err } = await run(['message.bin', '--reader', 'bad.avsc'])
    expect(code).toBe(2)
    expect(err).toMatch(/^kafka-evolve: \[invalid-schema\] bad\.avsc: /)
    writeFileSync(join(folder, 'comma.avsc'), '{ "type": "record",\n  "name" "A" }')
    expect((await run(['message.bin', '--reader', 'comma.avsc'])).err).toBe(
      'kafka-evolve: [invalid-schema] comma.avsc: this is not JSON: a colon is expected here, at line 2, column 10\n',
    )
  })

  it('says which ID is unknown, and of an ID of 8 bytes that it may be one', async () => {
    const unknown = await run(['000000006306616263'])
    expect(unknown.code).toBe(2)
    expect(unknown.err).toMatch(/^kafka-evolve: \[schema-not-found\] the message says schema ID 99 .*\n {2}hint: .*--unframed\n$/)
    expect((await run(['00000000000000000206616263'])).err).toContain('hint: this may be the ID 2 in 8 bytes')
  })

  it('says what to do without a registry that does not answer', async () => {
    const { code, err } = await runCli(['explain', '000000000206', '--registry', 'http://127.0.0.1:1', '--timeout', '500'], { cwd: folder })
    expect(code).toBe(2)
    expect(err).toMatch(/^kafka-evolve: \[registry-unavailable\] .*\n {2}hint: .*--lock schemas\.lock/)
  })

  it('refuses bytes that hexdump has swapped', async () => {
    const { code, err } = await runCli(['explain', '-'], { cwd: folder, stdin: '0000000 0000 0000 0a03\n0000006\n' })
    expect([code, err]).toEqual([
      2,
      'kafka-evolve: [invalid-options] the bytes are in pairs, each the wrong way round, as hexdump and od -x print them\n  hint: use xxd, or hexdump -C\n',
    ])
  })

  it('asks for a registry where none is named', async () => {
    const { code, err } = await runCli(['explain', '000000000206'], { cwd: folder })
    expect([code, err]).toEqual([
      2,
      'kafka-evolve: [invalid-options] where is the schema of the message?\n  hint: give --registry URL, --lock schemas.lock, or the schema itself with --schema FILE\n',
    ])
  })
})

function dump(bytes: Buffer, lineOf: (offset: string, hex: string, text: string) => string): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16)
    lines.push(lineOf(at.toString(16).padStart(8, '0'), part.toString('hex'), part.toString('latin1').replace(/[^\x20-\x7e]/g, '.')))
  }
  return lines.join('\n')
}
