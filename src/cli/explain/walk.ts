import { isUtf8 } from 'node:buffer'
import { readBase } from '../../codec/avro/leaf-read.ts'
import { minSize } from '../../codec/avro/min-size.ts'
import { SkipRun, skip } from '../../codec/avro/skip.ts'
import { EvolveError } from '../../errors.ts'
import { pointerStep } from '../../schema/names.ts'
import type { ArraySchema, MapSchema, Schema, UnionSchema } from '../../schema/types.ts'
import { Tap } from '../../wire/tap.ts'
import type { Breakage, Part, Role } from './part.ts'
import { typeLabel } from './type-label.ts'

/** How much is taken apart. */
export interface WalkLimits {
  /** Items of one array or map that become parts; the others are one part together. */
  readonly items: number
  /** Parts in all, roughly: beyond them no array or map is taken apart. */
  readonly parts: number
}

/** A message taken apart. */
export interface Walked {
  /** The value and, where the message is damaged or longer than its value, the bytes that were not read. */
  readonly body: Part
  readonly breakage: Breakage | undefined
}

/**
 * Takes the value that begins at `start` apart by the schema that wrote it, noting where each part lies. Reads and refuses what `decode` does, except that a text
 * that is not UTF-8 is noted and passed. Never throws for what is in the bytes.
 */
export function walkMessage(schema: Schema, bytes: Buffer, start: number, limits: WalkLimits): Walked {
  const walk = new Walk(new SkipRun(new Tap(bytes, start)), limits)
  let breakage: Breakage | undefined
  try {
    readValue(schema, undefined, walk)
    if (walk.tap.position < bytes.length) {
      walk.at = walk.tap.position
      walk.expected = 'end of the message'
      throw new EvolveError('trailing-bytes', `${bytes.length - walk.at} bytes are left after the value`)
    }
  } catch (error) {
    breakage = breakageOf(error, walk)
    walk.breakOff(bytes.length)
  }
  walk.body.to = bytes.length
  return { body: walk.body, breakage }
}

class Walk {
  readonly run: SkipRun
  readonly limits: WalkLimits
  readonly path: (string | number)[] = []
  /** Parts being read, each inside the one before. */
  readonly open: Part[]
  parts = 0
  /** First byte of what is being read. */
  at: number
  /** Its type in words. */
  expected = ''

  constructor(run: SkipRun, limits: WalkLimits) {
    this.run = run
    this.limits = limits
    this.at = run.tap.position
    this.open = [newPart('body', undefined, undefined, this.at)]
  }

  get tap(): Tap {
    return this.run.tap
  }

  get body(): Part {
    return this.open[0] as Part
  }

  /** Begins a part inside the one that is being read: before it is read, so that a damaged message shows how far it could be. */
  begin(role: Role, name: string | number | undefined, schema: Schema | undefined, expected: string): Part {
    const part = newPart(role, name, schema, this.tap.position)
    this.at = part.from
    this.expected = expected
    this.parts += 1
    this.open.at(-1)?.parts.push(part)
    this.open.push(part)
    return part
  }

  end(): void {
    const part = this.open.pop() as Part
    part.to = this.tap.position
  }

  /** Ends all that is being read where it could not be read on: the rest of the bytes is a part of its own. */
  breakOff(end: number): void {
    const broken = this.open.at(-1) as Part
    if (broken.role !== 'body' && broken.parts.length === 0) {
      this.open.pop()
      if (broken.from === this.at) this.open.at(-1)?.parts.pop()
      else broken.to = this.at
    }
    if (this.at < end) this.open.at(-1)?.parts.push({ ...newPart('unread', undefined, undefined, this.at), to: end })
    for (const part of this.open) part.to = end
  }
}

function newPart(role: Role, name: string | number | undefined, schema: Schema | undefined, from: number): Part {
  return { role, name, schema, from, to: from, value: undefined, items: undefined, note: undefined, parts: [] }
}

function readValue(schema: Schema, name: string | number | undefined, walk: Walk): void {
  const part = walk.begin('value', name, schema, typeLabel(schema))
  const { tap, run } = walk
  switch (schema.kind) {
    case 'record':
      run.enter()
      run.count(schema.fields.length)
      for (const field of schema.fields) {
        walk.path.push(field.name)
        readValue(field.type, field.name, walk)
        walk.path.pop()
      }
      run.leave()
      break
    case 'array':
    case 'map':
      readBlocks(schema, part, walk)
      break
    case 'union':
      readUnion(schema, walk)
      break
    case 'enum': {
      const index = tap.int()
      const symbol = schema.symbols[index]
      if (symbol === undefined) throw new EvolveError('malformed-data', `enum ${schema.name} has no symbol ${index}`)
      part.value = symbol
      break
    }
    case 'string':
      readText(part, 'a string', walk)
      break
    default:
      part.value = readBase(schema, tap)
  }
  walk.end()
}

function readText(part: Part, what: string, { tap }: Walk): void {
  const length = tap.length(what)
  const at = tap.take(length)
  const bytes = tap.bytes.subarray(at, at + length)
  const isText = isUtf8(bytes)
  part.value = isText ? bytes.toString('utf8') : Buffer.from(bytes)
  if (!isText) part.note = 'not UTF-8: a reader that knows this refuses it'
}

function readUnion(schema: UnionSchema, walk: Walk): void {
  const branch = walk.begin('branch', undefined, undefined, `branch of ${typeLabel(schema)}`)
  const index = walk.run.branch(schema.branches)
  branch.value = index
  walk.end()
  readValue(schema.branches[index] as Schema, undefined, walk)
}

function readBlocks(schema: ArraySchema | MapSchema, part: Part, walk: Walk): void {
  const { run } = walk
  run.enter()
  let items = 0
  for (;;) {
    const block = walk.begin('block', undefined, undefined, 'number of items')
    let size = -1
    const count = run.blockCount(smallest(schema), (bytes) => (size = bytes))
    walk.end()
    if (count === 0) {
      block.role = 'end'
      break
    }
    block.value = count
    const begin = walk.tap.position
    for (let index = 0; index < count; index++, items++) {
      walk.path.push(items)
      if (items >= walk.limits.items || walk.parts >= walk.limits.parts) {
        part.items = items + readRest(schema, count - index, walk)
        walk.path.pop()
        run.leave()
        return
      }
      if (schema.kind === 'array') readValue(schema.items, items, walk)
      else readEntry(schema, walk)
      walk.path.pop()
    }
    const used = walk.tap.position - begin
    if (size >= 0 && size !== used) block.note = `states ${size} bytes and has ${used}: readers that skip it will lose their place`
  }
  part.items = items
  run.leave()
}

const smallest = (schema: ArraySchema | MapSchema): number => (schema.kind === 'array' ? minSize(schema.items) : minSize(schema.values) + 1)

function readEntry({ values }: MapSchema, walk: Walk): void {
  const entry = walk.begin('entry', undefined, undefined, 'key of a map')
  const key = walk.begin('key', undefined, undefined, 'key of a map')
  readText(key, 'a map key', walk)
  walk.end()
  entry.name = typeof key.value === 'string' ? key.value : `0x${(key.value as Buffer).toString('hex')}`
  walk.path[walk.path.length - 1] = entry.name
  readValue(values, undefined, walk)
  walk.end()
}

/** Steps over the items from here on, `left` in this block and those of all further ones. Gives their number. */
function readRest(schema: ArraySchema | MapSchema, left: number, walk: Walk): number {
  const rest = walk.begin('rest', undefined, undefined, typeLabel(schema))
  const { run, tap } = walk
  let count = 0
  for (let block = left; block > 0; block = run.blockCount(smallest(schema))) {
    for (let index = 0; index < block; index++, count++) {
      walk.at = tap.position
      walk.expected = typeLabel(schema.kind === 'array' ? schema.items : schema.values)
      if (schema.kind === 'map') tap.take(tap.length('a map key'))
      skip(schema.kind === 'array' ? schema.items : schema.values, run)
      walk.path[walk.path.length - 1] = Number(walk.path.at(-1)) + 1
    }
    walk.at = tap.position
    walk.expected = 'block'
  }
  rest.value = count
  walk.end()
  return count
}

function breakageOf(error: unknown, walk: Walk): Breakage {
  if (!(error instanceof EvolveError)) throw error
  return { at: walk.at, path: walk.path.map(pointerStep).join(''), expected: walk.expected, code: error.code, problem: error.problem }
}
