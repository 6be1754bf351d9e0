import { unqualified } from '../../../schema/names.ts'
import type { RecordSchema, Schema } from '../../../schema/types.ts'
import type { GateConfig } from '../config/gate-config.ts'
import type { Finding, GateSchema } from '../model.ts'
import { locate } from '../places/locate.ts'
import { ignoredRules } from './ignored-rules.ts'
import type { Complaint, LintPlace, LintRule } from './rule.ts'
import { lintRules } from './rules.ts'

/** Holds a schema against the rules. @param severities those of the config, over the rules' own. */
export function lintSchema(schema: GateSchema, severities: GateConfig['lint']): Finding[] {
  const isIgnored = ignoredRules(schema.text)
  const findings: Finding[] = []
  const walk = new Walk((rule, { path, type, member }, { message, cure, part }) => {
    const severity = severities.get(rule.id) ?? rule.severity
    if (severity === 'off' || isIgnored(rule.id, type, member)) return
    const place = locate(schema.sources, { type, member, part })
    findings.push({ rule: rule.id, severity, message, cure, field: path, ...(place === undefined ? {} : { place }) })
  })
  walk.type(
    schema.schema,
    { path: 'name' in schema.schema ? unqualified(schema.schema.name) : schema.schema.kind, type: undefined, member: undefined },
    true,
  )
  walk.rest()
  walk.whole(schema)
  return findings
}

/** Types inside each other that are looked at at once. */
const maxDepth = 100

type Tell = (rule: LintRule, place: LintPlace, complaint: Complaint) => void

/** Goes through a schema, each named type once. */
class Walk {
  readonly #tell: Tell
  readonly #seen = new Set<Schema>()
  /** Named types that were met far inside: a chain of types may be longer than the stack of calls is deep. */
  readonly #later: (readonly [Schema, LintPlace])[] = []
  #fields = 0
  #depth = 0

  constructor(tell: Tell) {
    this.#tell = tell
  }

  /** What was put off. */
  rest(): void {
    for (const [type, place] of this.#later) this.type(type, place)
  }

  type(type: Schema, around: LintPlace, isRoot: boolean = false): void {
    if (this.#depth >= maxDepth) {
      this.#later.push([type, around])
      return
    }
    this.#depth += 1
    this.#type(type, around, isRoot)
    this.#depth -= 1
  }

  #type(type: Schema, around: LintPlace, isRoot: boolean): void {
    const place = 'name' in type && isNamed(type) ? { ...around, type: type.name, member: undefined } : around
    if ('name' in type) {
      if (this.#seen.has(type)) return
      this.#seen.add(type)
      this.#each(place, (rule) => rule.named?.(type, isRoot))
    }
    this.#each(around.type === undefined ? place : around, (rule) => rule.type?.(type))
    if (type.kind === 'enum') this.#each(place, (rule) => rule.enum?.(type))
    if (type.kind === 'array') this.type(type.items, { ...place, path: `${place.path}[]` })
    if (type.kind === 'map') this.type(type.values, { ...place, path: `${place.path}{}` })
    if (type.kind === 'union') for (const branch of type.branches) this.type(branch, place)
    if (type.kind === 'record') this.#record(type, place)
  }

  whole({ schema, text }: GateSchema): void {
    const name = 'name' in schema ? schema.name : undefined
    const place = { path: name === undefined ? schema.kind : unqualified(name), type: name, member: undefined }
    this.#each(place, (rule) => rule.whole?.({ characters: text.length, fields: this.#fields }))
  }

  #record(record: RecordSchema, place: LintPlace): void {
    for (const rule of lintRules) {
      for (const { field, ...complaint } of rule.record?.(record) ?? []) {
        this.#tell(rule, field === undefined ? place : { ...place, path: `${place.path}.${field}`, member: field }, complaint)
      }
    }
    for (const field of record.fields) {
      this.#fields += 1
      const at = { path: `${place.path}.${field.name}`, type: record.name, member: field.name }
      this.#each(at, (rule) => rule.field?.(field, record))
      this.type(field.type, at)
    }
  }

  #each(place: LintPlace, look: (rule: LintRule) => Complaint | undefined): void {
    for (const rule of lintRules) {
      const complaint = look(rule)
      if (complaint !== undefined) this.#tell(rule, place, complaint)
    }
  }
}

function isNamed(type: Schema): boolean {
  return type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed'
}
