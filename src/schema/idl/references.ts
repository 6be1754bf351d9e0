import type { Definition, Reference, TypeUse } from './model.ts'

/** All references to named types in a definition, those inside unions and containers too. */
export function referencesOfDefinition(definition: Definition): Reference[] {
  return 'fields' in definition ? definition.fields.flatMap((field) => referencesOf(field.type)) : []
}

/** All references to named types in a use of a type. */
export function referencesOf(type: TypeUse): Reference[] {
  switch (type.kind) {
    case 'reference':
      return [type]
    case 'primitive':
      return []
    case 'array':
      return referencesOf(type.items)
    case 'map':
      return referencesOf(type.values)
    case 'union':
      return type.branches.flatMap(referencesOf)
  }
}
