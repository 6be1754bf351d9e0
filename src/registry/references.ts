import { EvolveError } from '../errors.ts'
import type { SchemaReference, SchemaText } from '../schema/text.ts'
import { maxReferences } from './checks.ts'
import type { CallOptions, Registry } from './types.ts'

const maxDepth = 20

/**
 * Texts of all that a schema refers to, directly or through others, each once, dependencies first: what `Codec.parse` takes.
 * At most 100 of them, 20 deep.
 * @throws EvolveError `limit-exceeded`, `invalid-schema` for references in a circle, and whatever the registry throws.
 */
export async function referencedTexts(
  registry: Pick<Registry, 'version'>,
  schema: SchemaText,
  options?: CallOptions,
): Promise<readonly string[]> {
  const steps = walk(schema)
  let step = steps.next()
  while (!step.done) step = steps.next(await registry.version(step.value.subject, step.value.version, options))
  return step.value
}

/** {@link referencedTexts} where every version is at hand. */
export function referencedTextsSync(version: (subject: string, version: number) => SchemaText, schema: SchemaText): readonly string[] {
  const steps = walk(schema)
  let step = steps.next()
  while (!step.done) step = steps.next(version(step.value.subject, step.value.version))
  return step.value
}

/** Yields each reference once, is given what it refers to, returns the texts in order. */
function* walk(schema: SchemaText): Generator<SchemaReference, readonly string[], SchemaText> {
  const done = new Map<string, string>()
  const open = new Set<string>()
  yield* visit(schema, 0)
  return [...done.values()]

  function* visit(parent: SchemaText, depth: number): Generator<SchemaReference, void, SchemaText> {
    for (const reference of parent.references ?? []) {
      const key = JSON.stringify([reference.subject, reference.version])
      if (done.has(key)) continue
      if (open.has(key)) throw new EvolveError('invalid-schema', 'the references go round in a circle', { subject: reference.subject })
      if (depth >= maxDepth)
        throw new EvolveError('limit-exceeded', `references are more than ${maxDepth} deep`, { subject: reference.subject })
      if (done.size + open.size >= maxReferences)
        throw new EvolveError('limit-exceeded', `more than ${maxReferences} schemas are referred to`)
      open.add(key)
      const child = yield reference
      yield* visit(child, depth + 1)
      open.delete(key)
      done.set(key, child.text)
    }
  }
}
