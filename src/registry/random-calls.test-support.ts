import fc from 'fast-check'
import type { SchemaText } from '../schema/text.ts'
import type { ManagedRegistry } from './types.ts'

/** A call of a registry. */
export type Call = (registry: ManagedRegistry) => Promise<unknown>

/** One of few subjects, so that calls meet. Two are in the default context, spelled in both ways. */
export const anySubject: fc.Arbitrary<string> = fc.constantFrom('a', 'b', ':.x:a', ':.:b')
export const anyVersion: fc.Arbitrary<number> = fc.integer({ min: 1, max: 4 })

const anyText = fc.constantFrom<SchemaText[]>(
  { format: 'AVRO', text: '"int"' },
  { format: 'AVRO', text: '"long"' },
  { format: 'AVRO', text: '"string"', references: [{ name: 'r', subject: 'a', version: 1 }] },
  { format: 'AVRO', text: '{"type":"bytes","doc":"\\u0000 \\ud800 ü"}', metadata: { m: 1 } },
)

/** A call; for types. */
export function call(run: Call): Call {
  return run
}

/** Any change that can be asked for. The registry is to take any text (`validate`). */
export const anyCall: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(anySubject, anyText).map(([s, t]) => call((registry) => registry.register(s, t))),
  fc
    .tuple(anySubject, anyVersion, fc.boolean())
    .map(([s, v, permanent]) => call((registry) => registry.deleteVersion(s, v, { permanent }))),
  fc.tuple(anySubject, fc.boolean()).map(([s, permanent]) => call((registry) => registry.deleteSubject(s, { permanent }))),
  fc
    .tuple(anySubject, fc.constantFrom('IMPORT', 'READWRITE', undefined))
    .map(([s, mode]) => call((registry) => registry.setMode(s, mode, { force: true }))),
  fc
    .tuple(anySubject, anyText, anyVersion, fc.integer({ min: 1, max: 12 }))
    .map(([s, t, v, id]) => call((registry) => registry.importVersion(s, t, { id, version: v }))),
  anySubject.map((s) => call((registry) => registry.setConfig(s, { compatibility: 'NONE', alias: 'x' }))),
)
