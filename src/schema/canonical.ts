import { remember } from './remember.ts'
import type { Field, Schema } from './types.ts'

const forms = new WeakMap<Schema, string>()

/**
 * The Parsing Canonical Form of a schema (Apache Avro 1.12, "Transforming into Parsing Canonical Form"): what matters for reading data
 * alone, in one fixed spelling. Full names, no namespaces, aliases, docs, defaults, logical types or attributes; each named type is written
 * out where it is met first. Schemas of one form write the same bytes.
 */
export function canonicalForm(schema: Schema): string {
  return remember(forms, schema, () => write(schema))
}

/** With a stack of its own: types that are used before they are defined may be nested deeper in this form than in the text. */
function write(root: Schema): string {
  const written = new Set<string>()
  const parts: string[] = []
  const stack: (Schema | string)[] = [root]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') parts.push(next)
    else stack.push(...pieces(next, written).reverse())
  }
  return parts.join('')
}

function pieces(schema: Schema, written: Set<string>): (Schema | string)[] {
  switch (schema.kind) {
    case 'array':
      return ['{"type":"array","items":', schema.items, '}']
    case 'map':
      return ['{"type":"map","values":', schema.values, '}']
    case 'union':
      return ['[', ...separated(schema.branches.map((branch) => [branch])), ']']
    case 'record':
    case 'enum':
    case 'fixed': {
      const name = JSON.stringify(schema.name)
      if (written.has(schema.name)) return [name]
      written.add(schema.name)
      return [`{"name":${name},"type":"${schema.kind}",`, ...rest(schema), '}']
    }
    default:
      return [`"${schema.kind}"`]
  }
}

function rest(schema: Schema & { readonly kind: 'record' | 'enum' | 'fixed' }): (Schema | string)[] {
  if (schema.kind === 'enum') return [`"symbols":${JSON.stringify(schema.symbols)}`]
  if (schema.kind === 'fixed') return [`"size":${schema.size}`]
  return ['"fields":[', ...separated(schema.fields.map(fieldPieces)), ']']
}

function fieldPieces({ name, type }: Field): (Schema | string)[] {
  return [`{"name":${JSON.stringify(name)},"type":`, type, '}']
}

function separated(items: readonly (Schema | string)[][]): (Schema | string)[] {
  return items.flatMap((item, index) => (index === 0 ? item : [',', ...item]))
}
