import type { Properties } from './model.ts'
import type { JsonText } from './print-json.ts'

/** Custom properties as members of an object. */
export function printProperties(json: JsonText, properties: Properties): [name: string, printed: string][] {
  return Array.from(properties, ([name, value]) => [name, json.value(value)])
}
