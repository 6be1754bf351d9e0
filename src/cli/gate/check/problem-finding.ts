import type { CompatibilityProblem } from '../../../errors.ts'
import type { Schema } from '../../../schema/types.ts'
import type { BaselineVersion } from '../baseline/baseline.ts'
import type { Finding, GateSchema } from '../model.ts'
import { locate, type Sought } from '../places/locate.ts'
import { schemaPath } from '../schema-path.ts'

/**
 * What the check of compatibility says of one version, with its place in the file. The pointer of a problem leads into the reader's schema: that is
 * the new one where new readers are hit, and the old one where old readers are.
 */
export function problemFinding(
  subject: string,
  schema: GateSchema,
  problem: CompatibilityProblem,
  version: BaselineVersion,
  old: Schema | undefined,
): Finding {
  const { direction, kind, message, hint, path, inside } = problem
  const reader = direction === 'backward' ? schema.schema : (old ?? schema.schema)
  const { field, type, member, part } = schemaPath(reader, path)
  const place = locate(schema.sources, soughtInside(schema, inside) ?? { type, member, part })
  return {
    rule: kind,
    severity: 'error',
    message,
    hit: direction === 'backward' ? 'new readers cannot read what was written under' : 'new messages cannot be read by readers of',
    cure: hint,
    subject,
    direction,
    versions: [version.label],
    field,
    pointer: path,
    ...(place === undefined ? {} : { place }),
  }
}

/** The type or field inside a branch, if the files define the type. */
function soughtInside({ sources }: GateSchema, inside: string | undefined): Sought | undefined {
  if (inside === undefined) return undefined
  const name = inside.replace(/[[{].*$/, '')
  const member = name.slice(name.lastIndexOf('.') + 1)
  const has = (type: string): boolean => sources.some(({ places }) => places.types.includes(type))
  if (has(name)) return { type: name }
  const type = name.slice(0, -member.length - 1)
  return has(type) ? { type, member } : undefined
}

/** Who is hit, with the versions: `new readers cannot read what was written under versions 1, 2 and 3`. */
export function hitSentence({ hit = '', versions = [] }: Finding): string {
  const numbers = versions.map((label) => /^version (\d+)$/.exec(label)?.[1])
  const isNumbered = versions.length > 1 && numbers.every((number) => number !== undefined)
  const names = isNumbered ? (numbers as readonly string[]) : versions
  const list = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  const joined = list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
  return `${hit} ${isNumbered ? 'versions ' : ''}${joined}`
}
