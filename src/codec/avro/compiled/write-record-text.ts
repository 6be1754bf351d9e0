import type { ReadStep, RecordPlan } from '../../../resolution/plan.ts'
import type { Field } from '../../../schema/types.ts'
import { Sink } from '../../../wire/sink.ts'
import { defaultValue } from '../defaults.ts'
import type { Pair } from '../pair.ts'
import { encodedDefault, isDefault } from '../part.ts'
import { write } from '../write.ts'
import { WriteRun } from '../write-run.ts'
import { defaultText } from './default-text.ts'
import { literal, range, restorer } from './restorer.ts'
import { quote } from './source.ts'
import type { WriterText } from './writer-text.ts'

/** Names that every object inherits: a field of such a name is looked up among the value's own. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Adds what writes a record: its fields in the writer's order, and what it carries of those that the reader does not know. */
export function recordText(text: WriterText, plan: RecordPlan, value: string, depth: number): void {
  const { policy, source } = text
  source.bailIf(`typeof ${value} !== 'object' || ${value} === null || Array.isArray(${value})`)
  if (plan.reader.fields.every((field) => field.default !== undefined)) source.bailIf(`!PLAIN(${value})`)
  const carried = source.let('c', `${value}[UF]`)
  source.bailIf(`${carried} !== undefined && ${carried}.plan !== ${source.constant(plan)}`)
  // What a policy has to say about a record is said by walking.
  if (policy === 'drop') source.bailIf(`${carried} !== undefined`)
  if (policy === 'strict' && plan.steps.some((step) => step.kind === 'skip')) source.bailIf(`${carried} === undefined`)
  let run = -1
  for (const step of plan.steps) {
    if (step.kind === 'read') knownText(text, step, plan, value, carried, depth)
    else if (step.slot !== run) {
      run = step.slot
      source.line(`if (${carried} !== undefined) p = SPAN(B, p, ${carried}.source, ${range(plan, step.slot, carried)}, limit); else {`)
      for (const fresh of plan.steps) if (fresh.kind === 'skip' && fresh.slot === run) freshText(text, fresh.field)
      source.line('}')
    }
  }
  for (const { field } of plan.added) addedText(text, field, value)
}

function propertyText(value: string, name: string): string {
  return INHERITED.has(name) ? `OWN(${value}, ${quote(name)})` : `${value}[${quote(name)}]`
}

/** A field that both know. Where something in it may have collapsed and the record carries, what still looks as it did goes back as its bytes. */
function knownText(text: WriterText, step: ReadStep, plan: RecordPlan, value: string, carried: string, depth: number): void {
  const { pair, policy, source } = text
  const item = source.let('v', propertyText(value, step.target.name))
  if (step.target.default !== undefined) source.line(`if (${item} === undefined) ${item} = ${defaultOf(text, step.target)};`)
  if (step.slot < 0) return text.write(step.plan, item, depth + 1)
  source.line(`if (${carried} !== undefined) {`)
  const [start, end] = range(plan, step.slot, carried).split(', ') as [string, string]
  const again = source.constant(restorer(step.plan, pair, policy))
  if (step.plan.kind === 'enum') {
    const symbols = source.constant(step.plan.symbols)
    source.line(
      `if (${end} - ${start} === 1 && ${symbols}[${carried}.source.charCodeAt(${start}) >>> 1] === ${item}) B[p++] = ${carried}.source.charCodeAt(${start}); else {`,
    )
  }
  source.line(`p = RAW(B, p, ${again}(${item}, ${carried}.source, ${start}, ${end}), limit);`)
  source.line(`${step.plan.kind === 'enum' ? '} ' : ''}} else {`)
  text.write(step.plan, item, depth + 1)
  source.line('}')
}

/** A field that the reader does not know, of a record that carries nothing. */
function freshText({ pair, source }: WriterText, field: Field): void {
  if (field.default === undefined) source.line('throw BAIL;')
  else source.line(`p = RAW(B, p, ${source.constant(encodedDefault(field, aside(pair)))}, limit);`)
}

/** A field that the writer does not know may say nothing but its default. */
function addedText({ pair, source }: WriterText, field: Field, value: string): void {
  const item = source.let('v', propertyText(value, field.name))
  const isDefaultOf = (given: unknown): boolean => isDefault(given, field, aside(pair))
  source.bailIf(`${item} !== undefined && ${item} !== ${literal(field, pair.representation)} && !${source.constant(isDefaultOf)}(${item})`)
}

/** What walks where the compiled code does not go. */
function aside(pair: Pair): WriteRun {
  return new WriteRun(pair, new Sink(16), write)
}

function defaultOf({ pair: { representation }, source }: WriterText, field: Field): string {
  const text = defaultText(field, representation)
  if (text !== undefined) return text
  const make = (): unknown => defaultValue(field.type, field.default?.json, representation)
  return `${source.constant(make)}()`
}
