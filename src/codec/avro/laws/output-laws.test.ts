import { describe, expect, it } from 'vitest'
import { carriedBy, textOf } from '../../../avro.ts'
import { type EvolveError, isEvolveError } from '../../../errors.ts'
import { editSome } from './edits.test-support.ts'
import { assertSameBytes, attempt, decoded, mergedExpectation } from './expectations.test-support.ts'
import { type FieldNode, type Node, readSchema } from './model.test-support.ts'
import { withPlainNaN } from './origin.test-support.ts'
import { meets } from './put.test-support.ts'
import { decodeRef, type Ref, sameMeaning } from './reference.test-support.ts'
import { get } from './resolution.test-support.ts'
import { holds, lawPairs, type Sample } from './samples.test-support.ts'
import { showRef } from './show.test-support.ts'
import { count } from './tally.test-support.ts'

const pairs = lawPairs()
const isWholeRun = process.env['LAWS_PAIR'] === undefined

describe('the laws of the output schema', { timeout: 600_000 }, () => {
  it("L11: in the merged schema, the writer's readers see what was written and the edit, the reader's the whole edited value", () => {
    const counts = { written: 0, additions: 0, refused: 0 }
    holds(
      pairs,
      (sample) => {
        const { merged, writer } = sample.resolution
        if (merged === undefined || merged === writer) return false
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value, () => decoded(sample, sample.otherValue, sample.otherBytes))) return false
        const expected = mergedExpectation(sample, value.view, sample.value)
        const outcome = attempt(() => sample.resolution.encode(value.js, { output: 'merged' }))
        if (isEvolveError(outcome)) {
          assertDue(outcome, expected, sample)
          counts.refused++
          count({ refusals: 1 })
          return true
        }
        if (expected.losses.length > 0) throw new Error(`expected a loss ${JSON.stringify(expected.losses)}`)
        const schema = readSchema(JSON.parse(textOf(merged) ?? ''))
        const written = decodeRef(schema, outcome)
        const asWriter = withPlainNaN(withoutAdditions(written, schema, sample.writer))
        const isAdded = isEvolveError(attempt(() => sample.resolution.encode(value.js)))
        // What is fixed by how it reads only, reads otherwise without the fields that the writer does not have.
        if (!(expected.loose && isAdded) && !meets(withPlainNaN(expected.value), asWriter))
          throw new Error(`expected ${showRef(expected.value)}\nthe writer's readers see ${showRef(asWriter)}`)
        const asReader = get(written, schema, sample.reader)
        if (!sameMeaning(asReader, value.view)) throw new Error(`edited ${showRef(value.view)}\nthe reader sees ${showRef(asReader)}`)
        counts.written++
        if (isAdded) counts.additions++
        return true
      },
      0.1,
    )
    if (isWholeRun) expect(Math.min(counts.written, counts.additions, counts.refused)).toBeGreaterThan(pairs.length / 4)
  })

  it("auto: the writer's schema for what came from it, the reader's where that loses nothing, else the writer's refusal", () => {
    const counts = { writer: 0, reader: 0, refused: 0 }
    holds(
      pairs,
      (sample) => {
        const value = decoded(sample, sample.value, sample.bytes)
        if (value === undefined || !editSome(sample, value)) return false
        const auto = attempt(() => sample.resolution.write(value.js, { output: 'auto' }))
        const asWriter = attempt(() => sample.resolution.encode(value.js))
        const asReader = attempt(() => sample.resolution.encode(value.js, { output: 'reader' }))
        const isOwn = carriedBy(value.js) === undefined
        const useReader = isOwn || (isEvolveError(asWriter) && sample.resolution.relation === 'reader-superset' && !isEvolveError(asReader))
        const due = useReader ? asReader : asWriter
        if (isEvolveError(auto) || isEvolveError(due)) {
          if (!isEvolveError(auto) || !isEvolveError(due) || auto.message !== due.message) throw new Error(`got ${auto}\nexpected ${due}`)
          counts.refused++
          return true
        }
        assertSameBytes(auto.bytes, due)
        const { writer, reader } = sample.resolution
        if (auto.schema !== (useReader ? reader : writer)) throw new Error('the schema is not the one that the bytes are in')
        counts[useReader ? 'reader' : 'writer']++
        if (!useReader) return true
        const again = decodeRef(sample.reader, auto.bytes)
        if (!sameMeaning(again, value.view)) throw new Error(`the reader sees ${showRef(again)}`)
        return true
      },
      0.5,
      2,
    )
    if (isWholeRun) expect(Math.min(counts.writer, counts.reader, counts.refused)).toBeGreaterThan(0)
  })
})

/** What a reader of the writer's schema sees of a message in the merged one, which has more fields and nothing else. */
function withoutAdditions(ref: Ref, merged: Node, writer: Node): Ref {
  if (ref.t === 'record' && merged.kind === 'record' && writer.kind === 'record') {
    const fields = writer.fields.map((field) => {
      const index = merged.fields.findIndex(({ name }) => name === field.name)
      return withoutAdditions(ref.fields[index] as Ref, (merged.fields[index] as FieldNode).type, field.type)
    })
    return { t: 'record', node: writer, fields }
  }
  if (ref.t === 'union' && merged.kind === 'union' && writer.kind === 'union')
    return { ...ref, value: withoutAdditions(ref.value, merged.branches[ref.branch] as Node, writer.branches[ref.branch] as Node) }
  if (ref.t === 'array' && merged.kind === 'array' && writer.kind === 'array')
    return { ...ref, items: ref.items.map((item) => withoutAdditions(item, merged.items, writer.items)) }
  if (ref.t === 'map' && merged.kind === 'map' && writer.kind === 'map')
    return { ...ref, entries: ref.entries.map(([key, item]) => [key, withoutAdditions(item, merged.values, writer.values)] as const) }
  return ref
}

/** A refusal is one that the laws' own lens has too; or a field that nobody here knows holds text that is none, in a type that grew. */
function assertDue(
  { code, path, details, message }: EvolveError,
  expected: ReturnType<typeof mergedExpectation>,
  { value, otherValue, writer }: Sample,
): void {
  if (code !== 'unknown-field-loss') throw new Error(message)
  const known = [...expected.losses, ...expected.tolerated].some((loss) => loss.reason === details.reason && loss.path === path)
  // Inside of such a field stand records that the writer has, too, with all that it asks of them.
  if (expected.additions.some((field) => path?.startsWith(`${field}/`))) return
  if (known || (details.reason === 'not-in-output-schema' && [value, otherValue].some((one) => hidesBadText(one, writer)))) return
  throw new Error(`expected ${expected.losses.length === 0 ? showRef(expected.value) : JSON.stringify(expected.losses)}\ngot ${message}`)
}

function hidesBadText(value: Ref, writer: Node): boolean {
  try {
    get(value, writer, writer)
    return false
  } catch {
    return true
  }
}
