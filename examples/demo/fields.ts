/** One field of the newer schema, with what the older one makes of it. */
export interface FieldOfOrder {
  /** Such as `customer.email`, or `items[].sku`; `items[]` alone stands for which items there are and in what order. */
  readonly path: string
  /** The names on the way, without the array mark. */
  readonly steps: readonly string[]
  /** The array of records that it is inside of, if any. */
  readonly inArray: string | undefined
  /** Whether the older schema has it. */
  readonly known: boolean
  /** How the newer schema differs here; empty where it does not. */
  readonly news: string
}

type Json = Readonly<Record<string, unknown>>

/** Every field of the newer Avro schema, leaf by leaf, in its order. A nullable record counts as one leaf. */
export function fieldsOf(newerText: string, olderText: string): readonly FieldOfOrder[] {
  return walk(asRecord(JSON.parse(newerText)), asRecord(JSON.parse(olderText)), [], undefined)
}

function walk(newer: Json | undefined, older: Json | undefined, steps: readonly string[], inArray: string | undefined): FieldOfOrder[] {
  const olderFields = recordFields(older)
  return recordFields(newer).flatMap((field): FieldOfOrder[] => {
    const name = String(field.name)
    const old = olderFields.find((candidate) => candidate.name === name)
    const here = [...steps, name]
    const nested = asRecord(field.type)
    const oldNested = asRecord(old?.type)
    if (nested?.type === 'record') return walk(nested, oldNested, here, inArray)
    const leaf = { steps: here, inArray, known: old !== undefined, news: newsOf(field.type, old) }
    const element = nested?.type === 'array' ? asRecord(nested.items) : undefined
    if (element?.type === 'record' && inArray === undefined) {
      return [{ ...leaf, path: `${here.join('.')}[]` }, ...walk(element, asRecord(oldNested?.items), [], here.join('.'))]
    }
    return [{ ...leaf, path: inArray === undefined ? here.join('.') : `${inArray}[].${here.join('.')}` }]
  })
}

function newsOf(type: unknown, old: Json | undefined): string {
  if (old === undefined) return 'new in v2'
  if (isNullable(old.type) && !isNullable(type)) return 'required in v2'
  const before = symbolsOf(old.type)
  const added = symbolsOf(type).filter((symbol) => !before.includes(symbol))
  return added.length > 0 ? `new symbol ${added.join(', ')}` : ''
}

function isNullable(type: unknown): boolean {
  return Array.isArray(type) && type.includes('null')
}

function symbolsOf(type: unknown): readonly unknown[] {
  const symbols = asRecord(type)?.symbols
  return Array.isArray(symbols) ? symbols : []
}

function recordFields(schema: Json | undefined): readonly Json[] {
  const fields: readonly unknown[] = Array.isArray(schema?.fields) ? schema.fields : []
  return fields.map(asRecord).filter((field) => field !== undefined)
}

function asRecord(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}
