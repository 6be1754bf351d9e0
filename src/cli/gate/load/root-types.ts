import type { Schema } from '../../../schema/types.ts'

/** The types of a file that none of its other types uses: those that messages are made of. Records alone, where there are any. */
export function rootTypes(types: ReadonlyMap<string, Schema>, own: readonly string[]): (readonly [string, Schema])[] {
  const used = new Set<string>()
  for (const [name, type] of types) for (const inner of namesInside(type)) if (inner !== name) used.add(inner)
  const roots = own.flatMap((name) => {
    const type = types.get(name)
    return type === undefined || used.has(name) ? [] : [[name, type] as const]
  })
  const records = roots.filter(([, type]) => type.kind === 'record' && type.isError !== true)
  return records.length > 0 ? records : roots
}

/** The named types that a type uses directly. */
function namesInside(type: Schema): string[] {
  switch (type.kind) {
    case 'record':
      return type.fields.flatMap((field) => namesOf(field.type))
    case 'array':
      return namesOf(type.items)
    case 'map':
      return namesOf(type.values)
    case 'union':
      return type.branches.flatMap(namesOf)
    default:
      return []
  }
}

function namesOf(type: Schema): string[] {
  return 'name' in type ? [type.name] : namesInside(type)
}
