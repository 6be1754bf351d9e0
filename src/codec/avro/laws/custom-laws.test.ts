import { describe, it } from 'vitest'
import { carry } from '../../../avro.ts'
import { isEvolveError } from '../../../errors.ts'
import type { LogicalTypeDefinition } from '../../../schema/logical-definition.ts'
import { spreadDeep, withoutCarried } from './copies.test-support.ts'
import { compiled, walking } from './engine.test-support.ts'
import { assertSameBytes, attempt, shownView } from './expectations.test-support.ts'
import { sameJs, toJs } from './javascript.test-support.ts'
import { schemaJson } from './model.test-support.ts'
import { withoutOrigin } from './origin.test-support.ts'
import { Unreadable } from './resolution.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'
import { showJs } from './show.test-support.ts'

/** A value of the application's own; `Copied` is one that the engine cannot take on trust to say all. */
class Boxed {
  readonly kind: string
  readonly base: unknown

  constructor(kind: string, base: unknown) {
    this.kind = kind
    this.base = base
  }
}

const kinds = ['int', 'long', 'string', 'double', 'boolean', 'bytes'] as const
const boxed = (kind: string, lossless: boolean): LogicalTypeDefinition<unknown, unknown> => ({
  fromBase: (base) => new Boxed(kind, base),
  toBase: (value) => (value instanceof Boxed && value.kind === kind ? value.base : undefined),
  is: (value): value is Boxed => value instanceof Boxed && value.kind === kind,
  lossless,
})

/** Every leaf of these kinds in a schema's text with a logical type of the application's own. */
function annotated(json: unknown, chosen: readonly string[]): unknown {
  if (typeof json === 'string') return chosen.includes(json) ? { type: json, logicalType: `boxed-${json}` } : json
  if (Array.isArray(json)) return json.map((branch) => annotated(branch, chosen))
  const type = json as Record<string, unknown>
  if (type['type'] === 'record') {
    const fields = (type['fields'] as Record<string, unknown>[]).map((field) => ({ ...field, type: annotated(field['type'], chosen) }))
    return { ...type, fields }
  }
  if (type['type'] === 'array') return { ...type, items: annotated(type['items'], chosen) }
  return type['type'] === 'map' ? { ...type, values: annotated(type['values'], chosen) } : type
}

const pairs = lawPairs()
const made = new Map<number, ReturnType<typeof makeCustom>>()

function makeCustom(sample: Sample) {
  const chosen = kinds.filter((_, index) => (sample.index >> index) % 2 === 0)
  const look = { ...sample.look, unions: 'wrapped' } as const
  const logicalTypes = Object.fromEntries(kinds.map((kind) => [`boxed-${kind}`, boxed(kind, sample.index % 3 === 0)]))
  const reader = annotated(JSON.parse(schemaJson(sample.reader)), chosen) as object
  const make = sample.index % 2 === 0 ? walking : compiled
  return {
    chosen,
    look,
    custom: make(schemaJson(sample.writer), reader, { ...look, logicalTypes } as never),
    plain: make(schemaJson(sample.writer), schemaJson(sample.reader), look),
  }
}

describe('the law of logical types of the application', { timeout: 600_000 }, () => {
  it('on whatever positions, they change what is seen and nothing that is written', () => {
    holds(
      pairs,
      (sample) => {
        // Of odd blocks some come back as they were and some in one, as more or less is carried.
        if (sample.blocked) return false
        const known = made.get(sample.index) ?? makeCustom(sample)
        made.set(sample.index, known)
        const { chosen, custom, plain, look } = known
        const view = shownView({ ...sample, look }, sample.value)
        if (view instanceof Unreadable) return false
        const box = (base: unknown, kind: string): unknown => ((chosen as readonly string[]).includes(kind) ? new Boxed(kind, base) : base)
        const expected = toJs(view, sample.reader, look, undefined, box)
        const js = custom.decode(sample.bytes)
        if (!sameJs(js, expected)) throw new Error(`expected ${showJs(expected)}\nread     ${showJs(js)}`)
        const due = plain.encode(plain.decode(sample.bytes))
        assertSameBytes(custom.encode(js), due)
        assertSameBytes(custom.encode(spreadDeep(js)), due)
        assertSameBytes(custom.encode(carry(js, withoutCarried(js))), due)
        const fresh = withoutOrigin(view)
        const [one, other] = [
          attempt(() => custom.encode(toJs(fresh, sample.reader, look, undefined, box))),
          attempt(() => plain.encode(toJs(fresh, sample.reader, look))),
        ]
        if (isEvolveError(one) || isEvolveError(other)) {
          if (!isEvolveError(one) || !isEvolveError(other) || one.message !== other.message) throw new Error(`boxed ${one}\nplain ${other}`)
        } else assertSameBytes(one, other)
        return true
      },
      0.4,
      2,
    )
  })
})
