import { unqualified } from '../../schema/names.ts'
import type { Schema } from '../../schema/types.ts'

/** What a JSON Pointer into a schema means. */
export interface SchemaPath {
  /** For people: `Order.items[].price`. */
  readonly field: string
  /** Full name of the innermost type that has one. */
  readonly type: string | undefined
  /** The field of that type, if it leads into one. */
  readonly member: string | undefined
  /** What it leads to in that field or type: `type`, `symbols`, `size`, `name`. */
  readonly part: string | undefined
}

/** Follows a pointer of a compatibility problem (`/fields/1/type/items`) through a schema, as far as it goes. */
export function schemaPath(root: Schema, pointer: string): SchemaPath {
  let at: Schema = root
  let type = 'name' in root ? root.name : undefined
  let field = type === undefined ? root.kind : unqualified(type)
  let member: string | undefined
  let part: string | undefined
  const steps = pointer.split('/').filter((step) => step !== '')
  const enter = (next: Schema): void => {
    at = next
    if (!('name' in next)) return
    type = next.name
    member = undefined
    part = undefined
  }
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index] as string
    if (at.kind === 'record' && step === 'fields') {
      index += 1
      const found: { readonly name: string; readonly type: Schema } | undefined = at.fields[Number(steps[index])]
      if (found === undefined) break
      field += `.${found.name}`
      member = found.name
      if (steps[index + 1] !== 'type') continue
      index += 1
      part = 'type'
      enter(found.type)
    } else if (at.kind === 'array' && step === 'items') {
      field += '[]'
      enter(at.items)
    } else if (at.kind === 'map' && step === 'values') {
      field += '{}'
      enter(at.values)
    } else if (!/^\d+$/.test(step)) part = step
    // A number is a branch of the *writer's* union: it says nothing of where in this schema it is.
  }
  return { field, type, member, part }
}
