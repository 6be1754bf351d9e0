import type { GateSchema, Loaded } from '../gate/model.ts'
import type { SubjectNames } from '../gate/subjects.ts'
import { usageError } from '../usage.ts'

/** A schema and the subject that it is to be a version of. */
export interface Registrable {
  readonly subject: string
  readonly schema: GateSchema
  /** What it takes types from, where those are to be subjects of their own; else it is registered complete in itself. */
  readonly needs: readonly Registrable[]
}

/** How subjects come about. */
export interface SubjectChoice {
  /** The subject for the one schema there is. */
  readonly subject: string | undefined
  readonly names: SubjectNames
  /** Types of other files become subjects of their own, and are referred to. */
  readonly references: boolean
}

/**
 * Which schemas are registered under which subjects; what others need comes before them. Files that only lend their types to others are left out unless they are
 * named in the config, or referred to.
 * @throws EvolveError `invalid-options` where two schemas belong to one subject, or a schema cannot be referred to.
 */
export function registrables({ schemas, shared }: Loaded, choice: SubjectChoice): readonly Registrable[] {
  const own = schemas.filter((schema) => !shared.has(schema.file) || choice.names.isNamed(schema))
  if (choice.subject !== undefined) {
    const [schema] = own
    if (schema === undefined || own.length > 1)
      throw usageError(
        `--subject is for one schema, and there are ${own.length}`,
        'name one file, or leave --subject away and see --strategy',
      )
    return inOrder([{ subject: choice.subject, schema, needs: needsOf(schema, schemas, choice) }])
  }
  const found = inOrder(own.flatMap((schema) => all(schema, schemas, choice)))
  for (const [index, { subject, schema }] of found.entries()) {
    const other = found.slice(0, index).find((one) => one.subject === subject)
    if (other !== undefined)
      throw usageError(
        `${schema.key} and ${other.schema.key} both belong to the subject ${subject}`,
        'say in kafka-evolve.json which subject each belongs to, or choose another --strategy',
      )
  }
  return found
}

function all(schema: GateSchema, schemas: readonly GateSchema[], choice: SubjectChoice): Registrable[] {
  const needs = needsOf(schema, schemas, choice)
  return choice.names.of(schema).map((subject) => ({ subject, schema, needs }))
}

/** The schemas of the files that a schema takes types from. */
function needsOf(
  schema: GateSchema,
  schemas: readonly GateSchema[],
  choice: SubjectChoice,
  around: readonly string[] = [],
): readonly Registrable[] {
  if (!choice.references) return []
  return schema.sources.slice(1).map(({ file }) => {
    const [needed, ...others] = schemas.filter((one) => one.file === file)
    if (needed === undefined || others.length > 0 || !file.endsWith('.avsc') || !schema.file.endsWith('.avsc'))
      throw usageError(
        `${schema.file} cannot refer to ${file}`,
        'references go from one .avsc file to another, each with one type; leave --references away',
      )
    if ([...around, schema.file].includes(file))
      throw usageError(`${schema.file} and ${file} need each other, which references cannot say`, 'leave --references away')
    const [subject = ''] = choice.names.of(needed)
    return { subject, schema: needed, needs: needsOf(needed, schemas, choice, [...around, schema.file]) }
  })
}

/** Each once, what is needed first. */
function inOrder(found: readonly Registrable[]): readonly Registrable[] {
  const done = new Map<string, Registrable>()
  const add = (one: Registrable): void => {
    for (const needed of one.needs) add(needed)
    const key = JSON.stringify([one.subject, one.schema.key])
    if (!done.has(key)) done.set(key, one)
  }
  for (const one of found) add(one)
  return [...done.values()]
}
