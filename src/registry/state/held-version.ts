import type { SchemaText } from '../../schema/text.ts'
import type { RegisteredSchema, SubjectVersion } from '../types.ts'

/** A version of a subject is mostly the one before it with a field more. At most so many are told by each other in a row. */
const longestChain = 8
/** Shorter texts take no more memory whole. */
const shortest = 96
/** What there is to a schema beside its text, where that is its format alone: one object for all of them. */
const formats: Readonly<Record<SchemaText['format'], Omit<SchemaText, 'text'>>> = {
  AVRO: Object.freeze({ format: 'AVRO' }),
  JSON: Object.freeze({ format: 'JSON' }),
  PROTOBUF: Object.freeze({ format: 'PROTOBUF' }),
}

/**
 * A version as it is held: what was registered, and whether it is still listed. Its text is kept as what differs from the version before, where that is
 * little: of all the memory that a registry takes, texts were half.
 */
export class HeldVersion {
  readonly subject: string
  readonly version: number
  readonly id: number
  deleted = false
  readonly #others: Omit<SchemaText, 'text'>
  /** The version whose text this one has, but for `#own` between its first `#start` and its last `#end` characters. */
  readonly #base: HeldVersion | undefined
  readonly #own: string
  readonly #start: number
  readonly #end: number
  readonly #depth: number

  /** `near`: another version of the subject, whose text may be much the same. */
  constructor(entry: SubjectVersion, near: HeldVersion | undefined) {
    const { subject, version, id, format, text, references, metadata, ruleSet } = entry
    this.subject = near?.subject ?? subject
    this.version = version
    this.id = id
    const isPlain = references === undefined && metadata === undefined && ruleSet === undefined
    this.#others = isPlain ? formats[format] : Object.freeze({ format, ...defined({ references, metadata, ruleSet }) })
    const shared = near === undefined || near.#depth >= longestChain || text.length < shortest ? undefined : sharedEnds(near.text, text)
    const isLittle = shared !== undefined && text.length - shared.start - shared.end < text.length / 2
    this.#base = isLittle ? near : undefined
    this.#start = isLittle ? shared.start : 0
    this.#end = isLittle ? shared.end : 0
    this.#own = isLittle ? copyOf(text.slice(shared.start, text.length - shared.end)) : text
    this.#depth = isLittle && near !== undefined ? near.#depth + 1 : 0
  }

  get text(): string {
    if (this.#base === undefined) return this.#own
    const { text } = this.#base
    return `${text.slice(0, this.#start)}${this.#own}${text.slice(text.length - this.#end)}`
  }

  get references(): SchemaText['references'] {
    return this.#others.references
  }

  /** What was registered. */
  get entry(): SubjectVersion {
    return Object.freeze({ subject: this.subject, version: this.version, id: this.id, ...this.#others, text: this.text })
  }

  /** The schema, without subject and version. */
  get schema(): RegisteredSchema {
    return Object.freeze({ id: this.id, ...this.#others, text: this.text })
  }
}

/** How many characters two texts have in common at their beginnings, and behind that at their ends. */
function sharedEnds(one: string, other: string): { readonly start: number; readonly end: number } {
  const most = Math.min(one.length, other.length)
  let start = 0
  while (start < most && one.charCodeAt(start) === other.charCodeAt(start)) start += 1
  let end = 0
  while (end < most - start && one.charCodeAt(one.length - 1 - end) === other.charCodeAt(other.length - 1 - end)) end += 1
  return { start, end }
}

/** A text of its own: a slice would keep all that it was cut from. */
function copyOf(slice: string): string {
  const copy = Buffer.from(slice, 'latin1').toString('latin1')
  return copy === slice ? copy : Buffer.from(slice, 'utf16le').toString('utf16le')
}

function defined(parts: Partial<SchemaText>): Partial<SchemaText> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}
