import { describe, expect, it } from 'vitest'
import {
  type CodecKit,
  type Flat,
  flat,
  pairOf,
  readWhole,
  type Ticket,
  ticket,
  type Versions,
  whole,
  written,
} from './kit.test-support.ts'

const { id, count } = flat
const lossOf = (reason: string, path: string): Error =>
  expect.objectContaining({ code: 'unknown-field-loss', path, details: expect.objectContaining({ reason }) }) as Error

/** L7, L8, L11: edits that the writer's schema cannot say, and values that look like others. */
export function describeLosses(kit: CodecKit): void {
  describe('L8: a field that only the reader has', () => {
    const diverged = pairOf(kit, kit.diverged)
    const bytes = written(kit, kit.diverged, { id, count, note: 'hidden' })

    it('keeps its default without a word, and is refused with its place when it is set', () => {
      const value = diverged.decode(bytes) as object
      expect(value).toMatchObject({ id, count, memo: '' })
      expect(readWhole(kit, kit.diverged.newer, diverged.encode(value))).toEqual({ id, count, note: 'hidden' })
      expect(() => diverged.encode({ ...value, memo: 'seen' })).toThrow(lossOf('reader-only-field', '/memo'))
      expect(() => diverged.encode({ ...value, memo: 'seen' }, { output: 'auto' })).toThrow(lossOf('reader-only-field', '/memo'))
    })

    it('after a refusal the value can be put right and written', () => {
      const value = diverged.decode(bytes) as { memo: string }
      value.memo = 'seen'
      expect(() => diverged.encode(value)).toThrow(lossOf('reader-only-field', '/memo'))
      value.memo = ''
      expect(readWhole(kit, kit.diverged.newer, diverged.encode(value))).toEqual({ id, count, note: 'hidden' })
    })

    if (kit.lacks.merge === undefined) {
      it('L11: is written in the merged schema, which readers of both read', () => {
        const merged = kit.codec.merge?.(kit.diverged.newer.schema, kit.diverged.older)
        if (merged === undefined) throw new Error('there is no merged schema')
        expect(kit.codec.merge?.(kit.diverged.newer.schema, kit.diverged.older)?.text).toBe(merged.text)
        const value = { ...(diverged.decode(bytes) as object), memo: 'seen' }
        const out = diverged.encode(value, { output: 'merged' })
        const readers = [kit.diverged.newer, kit.diverged.older].map((reader) => kit.codec.resolve(kit.codec.parse(merged.text), reader))
        expect(readers.map((reader) => JSON.parse(JSON.stringify(reader.decode(out))))).toEqual([
          { id, count, note: 'hidden' },
          { id, count, memo: 'seen' },
        ])
      })
    } else it(`has no merged schema: ${kit.lacks.merge}`, () => expect(kit.codec.merge).toBeUndefined())
  })

  if (kit.ticket !== undefined) describeSymbols(kit, kit.ticket)
  else it(`shows no symbol as another: ${kit.lacks.symbolDefaults}`, () => expect(kit.lacks.symbolDefaults).toBeTypeOf('string'))

  if (kit.renamed !== undefined) describeAliases(kit, kit.renamed)
  else it(`has no aliases: ${kit.lacks.aliases}`, () => expect(kit.lacks.aliases).toBeTypeOf('string'))

  if (kit.widened !== undefined) describeNumbers(kit, kit.widened)
  else it(`has no wider numbers: ${kit.lacks.promotion}`, () => expect(kit.lacks.promotion).toBeTypeOf('string'))
}

function describeSymbols(kit: CodecKit, versions: Versions): void {
  describe('a symbol that the reader does not know', () => {
    const pair = pairOf(kit, versions)
    const read = (): Ticket => pair.decode(written(kit, versions, ticket)) as Ticket
    const seen = (value: Ticket): Ticket => readWhole<Ticket>(kit, versions.newer, pair.encode(value))

    it('is shown as another and stays what it was', () => {
      expect(read()).toMatchObject({ state: 'NEW', states: ['NEW', 'NEW', 'PAID'] })
      expect(seen({ ...read(), id: 't-2' })).toEqual({ ...ticket, id: 't-2' })
    })

    it('L7: stays when the symbol that is seen is written over it', () => {
      expect(seen({ ...read(), state: 'NEW', states: ['NEW', 'NEW', 'PAID'] })).toEqual(ticket)
    })

    it('goes when another one is set', () => {
      expect(seen({ ...read(), state: 'PAID' })).toEqual({ ...ticket, state: 'PAID' })
      expect(seen({ ...read(), states: ['NEW', 'PAID', 'PAID'] }).states).toEqual(['NEW', 'PAID', 'PAID'])
    })

    it('is kept in what was left alone of a list', () => {
      const value = read()
      expect(seen({ ...value, states: [...value.states, 'PAID'] }).states).toEqual([...ticket.states, 'PAID'])
      expect(seen({ ...value, states: ['PAID', ...value.states] }).states).toEqual(['PAID', ...ticket.states])
    })

    it('a list that was rearranged is a guess: reported, and refused under strict', () => {
      const value = read()
      const events: string[] = []
      const edited = { ...value, states: ['PAID', ...value.states] }
      pair.encode(edited, { onEvent: ({ kind, path }) => events.push(`${kind} ${path}`) })
      expect(events).toContain('ambiguous /states')
      expect(() => pair.encode(edited, { policy: 'strict' })).toThrow(lossOf('ambiguous-edit', '/states'))
      expect(seen(pair.decode(pair.encode(value, { policy: 'strict' })) as Ticket)).toEqual(ticket)
    })

    it("is not lost in the reader's own schema", () => {
      expect(() => whole(kit, versions.older).encode(read())).toThrow(
        expect.objectContaining({ code: 'unknown-field-loss', path: expect.stringMatching(/^\/states?/) as string }) as Error,
      )
    })
  })
}

function describeAliases(kit: CodecKit, versions: Versions): void {
  describe('a field that the reader calls otherwise', () => {
    const pair = pairOf(kit, versions)

    it("is no field of the writer's readers under its own name: the message goes back in the writer's schema", () => {
      expect(pair.relation).toBe('writer-superset')
      expect(pair.divergences).toContainEqual(expect.objectContaining({ kind: 'renamed', path: '/amount' }))
      expect(kit.codec.carriedBy(pair.decode(written(kit, versions, { id, count })))?.resolution).toBe(pair)
    })

    it("is written under the writer's name", () => {
      const value = pair.decode(written(kit, versions, { id, count })) as object
      expect(JSON.parse(JSON.stringify(value))).toEqual({ id, amount: count })
      expect(readWhole(kit, versions.newer, pair.encode({ ...value, amount: 8 }))).toEqual({ id, count: 8 })
      expect(readWhole(kit, versions.newer, pair.encode({ ...value, amount: 8 }, { output: 'auto' }))).toEqual({ id, count: 8 })
    })
  })
}

function describeNumbers(kit: CodecKit, versions: Versions): void {
  describe('a number that is wider with the reader than with the writer', () => {
    const pair = pairOf(kit, versions)

    it('is written as the narrower one, and refused where that cannot hold it', () => {
      const value = pair.decode(written(kit, versions, { id, count })) as Flat
      expect(readWhole(kit, versions.newer, pair.encode({ ...value, count: -(2 ** 31) } as never))).toEqual({ id, count: -(2 ** 31) })
      for (const wide of [2 ** 31, -(2 ** 31) - 1, 2 ** 40])
        expect(() => pair.encode({ ...value, count: wide })).toThrow(lossOf('narrowing', '/count'))
      expect(() => pair.encode({ ...value, count: 2 ** 40 }, { narrowing: 'round' })).toThrow(lossOf('narrowing', '/count'))
    })
  })
}
