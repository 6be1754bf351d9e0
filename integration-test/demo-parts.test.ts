import { describe, expect, it } from 'vitest'
import { type Accounts, type AnyOrder, compareOrders } from '../examples/demo/compare.ts'
import { fieldsOf } from '../examples/demo/fields.ts'
import { fingerprint } from '../examples/demo/fingerprint.ts'
import { Ledger } from '../examples/demo/ledger.ts'
import { readCommandLine } from '../examples/demo/options.ts'
import { colourPaint, plainPaint, wantsColour } from '../examples/demo/print/colour.ts'
import { tellStory } from '../examples/demo/print/story.ts'
import { tableLines } from '../examples/demo/print/table.ts'
import { wrap } from '../examples/demo/print/wrap.ts'
import { within } from '../examples/demo/stage/watchdog.ts'

const item = (...fields: object[]): object => ({
  type: 'array',
  items: { type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }, { name: 'n', type: 'int' }, ...fields] },
})
const record = (...fields: object[]): string =>
  JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }, ...fields] })
const older = record(
  { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['a', 'z'], default: 'z' } },
  { name: 'mail', type: ['null', 'string'] },
  { name: 'items', type: item() },
)
const newer = record(
  { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['a', 'z', 'q'], default: 'z' } },
  { name: 'mail', type: 'string' },
  { name: 'items', type: item({ name: 'shed', type: 'string' }) },
  { name: 'extra', type: { type: 'record', name: 'Extra', fields: [{ name: 'deep', type: 'long' }] } },
)
const fields = fieldsOf(newer, older)

describe('the fields of a schema against an older one', () => {
  it('lists every leaf in order, with what is new about it', () => {
    expect(fields.map(({ path, known, news }) => [path, known, news])).toEqual([
      ['id', true, ''],
      ['kind', true, 'new symbol q'],
      ['mail', true, 'required in v2'],
      ['items[]', true, ''],
      ['items[].sku', true, ''],
      ['items[].n', true, ''],
      ['items[].shed', false, 'new in v2'],
      ['extra.deep', false, 'new in v2'],
    ])
  })
})

const written: AnyOrder = {
  id: '1',
  kind: 'q',
  mail: 'm',
  items: [
    { sku: 'x', n: 1, shed: 's1' },
    { sku: 'y', n: 2, shed: 's2' },
    { sku: 'w', n: 3, shed: 's3' },
  ],
  extra: { deep: 7 },
}
const seen: AnyOrder = {
  id: '1',
  kind: 'z',
  mail: 'm',
  items: [
    { sku: 'x', n: 1 },
    { sku: 'y', n: 2 },
    { sku: 'w', n: 3 },
  ],
}
// y edited and first, x second, w removed
const sent: AnyOrder = {
  ...seen,
  items: [
    { sku: 'y', n: 20 },
    { sku: 'x', n: 1 },
  ],
}
const right: AnyOrder = {
  ...written,
  items: [
    { sku: 'y', n: 20, shed: 's2' },
    { sku: 'x', n: 1, shed: 's1' },
  ],
}
const accounts = (...audited: AnyOrder[]): Accounts => ({ fields, written: [written], handled: [{ id: '1', seen, sent }], audited })
const lostFields = (of: Accounts): string[] =>
  compareOrders(of)
    .fields.filter(({ lost }) => lost > 0)
    .map(({ field }) => field)

describe('comparing what was written with what was audited', () => {
  it('tells kept from changed, field by field', () => {
    const result = compareOrders(accounts(right))
    expect(result).toMatchObject({ orders: 1, missing: 0, invented: 0, lost: 0 })
    expect(result.fields.map(({ field, kept, changedByBilling }) => [field, kept, changedByBilling])).toEqual([
      ['id', 1, 0],
      ['kind', 1, 0],
      ['mail', 1, 0],
      ['items[]', 0, 1],
      ['items[].sku', 2, 0],
      ['items[].n', 1, 1],
      ['items[].shed', 2, 0],
      ['extra.deep', 1, 0],
    ])
  })

  it.each([
    ['a root field at its default', { ...right, extra: { deep: 0 } }, ['extra.deep']],
    ['the symbol that billing saw in place of the one written', { ...right, kind: 'z' }, ['kind']],
    [
      'sheds swapped between line items',
      {
        ...right,
        items: [
          { sku: 'y', n: 20, shed: 's1' },
          { sku: 'x', n: 1, shed: 's2' },
        ],
      },
      ['items[].shed'],
    ],
    [
      "billing's edit undone",
      {
        ...right,
        items: [
          { sku: 'y', n: 2, shed: 's2' },
          { sku: 'x', n: 1, shed: 's1' },
        ],
      },
      ['items[].n'],
    ],
    ['the removed item back', { ...right, items: [...(right.items as AnyOrder[]), { sku: 'w', n: 3, shed: 's3' }] }, ['items[]']],
    ['the reordering undone', { ...right, items: [...(right.items as AnyOrder[])].reverse() }, ['items[]']],
    ['an item gone', { ...right, items: [{ sku: 'y', n: 20, shed: 's2' }] }, ['items[]', 'items[].sku', 'items[].n', 'items[].shed']],
  ])('finds %s', (_what, audited, expected) => {
    expect(lostFields(accounts(audited))).toEqual(expected)
  })

  it('counts an order that never came, with all its values', () => {
    expect(compareOrders(accounts())).toMatchObject({ missing: 1, invented: 0, kept: 0, changedByBilling: 0, lost: 11 })
  })

  it('counts an order that nobody wrote, and a second copy', () => {
    expect(compareOrders(accounts(right, { ...right, id: '2' }))).toMatchObject({ missing: 0, invented: 1, lost: 0 })
    expect(compareOrders(accounts(right, right))).toMatchObject({ missing: 0, invented: 1, lost: 0 })
  })

  it('shows one value that was lost', () => {
    const { fields: found } = compareOrders(accounts({ ...right, extra: { deep: 0 } }))
    expect(found.at(-1)?.example).toEqual({ order: '1', expected: '7', found: '0' })
  })
})

describe('the ledger of the rolling upgrade', () => {
  const book = (id: string, more: AnyOrder = {}): ReturnType<typeof fingerprint> =>
    fingerprint({ ...written, id, status: 'placed', ...more }, fields)
  const paid = (id: string, more: AnyOrder = {}): ReturnType<typeof fingerprint> => book(id, { status: 'paid', ...more })

  it('balances, whichever side reports first', () => {
    const ledger = new Ledger()
    ledger.audit([paid('a')])
    ledger.write([book('a'), book('b')])
    ledger.audit([paid('b', { items: [...(written.items as AnyOrder[])].reverse() })])
    expect(ledger.balance()).toEqual({ written: 2, audited: 2, lost: 0, invented: 0, repeated: 0, missing: 0, altered: 0, examples: [] })
  })

  it.each([
    ['a missing order', [], { audited: 0, lost: 1, missing: 1, examples: ['a never arrived'] }],
    ['a repeated order', [paid('a'), paid('a')], { audited: 1, lost: 0, repeated: 1 }],
    ['an invented order', [paid('a'), paid('b')], { audited: 1, lost: 0, invented: 1, examples: ['b was never written'] }],
    ['a nested unknown field', [paid('a', { items: [] })], { audited: 1, lost: 1, altered: 1, examples: ['a arrived altered'] }],
    ['an unknown root field', [paid('a', { extra: { deep: 8 } })], { lost: 1, altered: 1 }],
    ['a known field', [paid('a', { id: 'a', mail: 'other' })], { lost: 1, altered: 1 }],
    ['an order that was not handled', [book('a')], { lost: 1, altered: 1 }],
    ['a good copy after a bad one', [paid('a', { kind: 'z' }), paid('a')], { lost: 1, altered: 1, repeated: 1 }],
  ])('finds %s', (_what, audited, expected) => {
    const ledger = new Ledger()
    ledger.write([book('a')])
    ledger.audit(audited)
    expect(ledger.balance()).toMatchObject({ written: 1, ...expected })
  })
})

describe('the command line', () => {
  it.each([
    [[], { messages: 20_000, json: false }],
    [['--json', '--messages', '500'], { messages: 500, json: true }],
    [['--messages=60'], { messages: 60, json: false }],
  ])('reads %j', (args, options) => {
    expect(readCommandLine(args)).toEqual({ kind: 'run', options })
  })

  it.each([
    [['--messages', '59']],
    [['--messages', 'many']],
    [['--messages', '1e3']],
    [['--messages', '100.5']],
    [['--messages=']],
    [['--messages']],
    [['--verbose']],
    [['now']],
  ])('refuses %j with a sentence', (args) => {
    const line = readCommandLine(args)
    expect(line).toMatchObject({ kind: 'wrong', problem: expect.stringMatching(/\w+ \w+/) })
  })

  it.each([[['--help']], [['-h']]])('answers %j', (args) => {
    expect(readCommandLine(args)).toEqual({ kind: 'help' })
  })
})

describe('printing', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j on a terminal (%s) colours: %s', (environment, isTerminal, expected) => {
    expect(wantsColour(environment, isTerminal)).toBe(expected)
  })

  it('wraps at spaces, and cuts what is too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('items[].warehouse', 10)).toEqual(['items[].', 'warehouse'])
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
    expect(wrap('', 10)).toEqual([''])
  })

  const table = {
    columns: [{ title: 'field' }, { title: 'kept', align: 'right' as const }],
    rows: [
      ['customer.email of everybody', '12'],
      [{ text: 'x', tone: 'bad' as const }, '3'],
    ],
  }

  it.each([20, 24, 40, 100])('keeps a table within %i columns and shows all of it', (width) => {
    const lines = tableLines(table, width, plainPaint)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(lines.join(' ').replace(/\s+/g, ' ')).toMatch(/customer\.email.* of.* everybody/)
  })

  it('aligns numbers and paints without moving anything', () => {
    const plain = tableLines(table, 60, plainPaint)
    const coloured = tableLines(table, 60, colourPaint)
    expect(plain.at(-1)).toMatch(/^x +3$/)
    expect(coloured.at(-1)).toContain('\u001b[')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is looked for
    expect(coloured.map((line) => line.replace(/\u001b\[[\d;]*m/g, '').trimEnd())).toEqual(plain)
  })

  it('tells a story that fits the page, without colour where there is none', () => {
    let text = ''
    const story = tellStory({ columns: 40, write: (more) => (text += more) }, {})
    story.act(1, 'a title that is quite a bit longer than forty columns')
    story.say('A sentence that goes on for more than forty columns as well.')
    story.note('so does this note, which is indented besides')
    story.table(table)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40)
    expect(text).not.toContain('\u001b')
  })
})

describe('the watchdog', () => {
  const never = new AbortController().signal

  it('names what was waited for', async () => {
    await expect(within('the moon', 0.01, never, new Promise(() => undefined))).rejects.toThrow('waited 0.01 seconds for the moon, in vain')
  })

  it('gives up at once when the play is over', async () => {
    const play = new AbortController()
    const waiting = within('the moon', 60, play.signal, new Promise(() => undefined))
    play.abort(new Error('curtain'))
    await expect(waiting).rejects.toThrow('curtain')
    await expect(within('the sun', 60, play.signal, Promise.resolve(1))).rejects.toThrow('curtain')
  })

  it('passes results and errors on', async () => {
    await expect(within('it', 1, never, Promise.resolve(1))).resolves.toBe(1)
    await expect(within('it', 1, never, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
