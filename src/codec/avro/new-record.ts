import { remember } from '../../schema/remember.ts'
import type { RecordSchema } from '../../schema/types.ts'
import { MANY_FIELDS } from './footprint.ts'
import { setOwn } from './object.ts'

/** An object with the fields of each record, to be copied: objects filled one field after the other take four times the memory. */
const templates = new WeakMap<RecordSchema, object>()

/** A record with these values, in the order of its fields. */
export function newRecord(schema: RecordSchema, values: readonly unknown[]): object {
  const { fields } = schema
  const record = fields.length > MANY_FIELDS ? {} : { ...remember(templates, schema, () => template(schema)) }
  for (let index = 0; index < fields.length; index++) setOwn(record, (fields[index] as { name: string }).name, values[index])
  return record
}

function template({ fields }: RecordSchema): object {
  return JSON.parse(`{${fields.map(({ name }) => `${JSON.stringify(name)}:null`).join(',')}}`) as object
}
