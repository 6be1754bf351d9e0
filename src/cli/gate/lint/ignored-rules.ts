import { avroPlaces } from '../places/avro-places.ts'
import { type JsonNode, parseJsonTree } from '../places/json-tree.ts'

/** The attribute of a type or a field that turns rules off there: `"lint-ignore": ["enum-default"]`, or `true` for all. */
const attribute = 'lint-ignore'

/** Which rules a schema's own attributes turn off, by the full name of a type and a field of it; what a record turns off, it turns off for its fields. */
export function ignoredRules(text: string): (rule: string, type: string | undefined, field: string | undefined) => boolean {
  if (!text.includes(`"${attribute}"`)) return () => false
  const tree = parseJsonTree(text)
  if ('fault' in tree) return () => false
  const places = avroPlaces(tree.root)
  return (rule, type, field) => {
    if (type === undefined) return false
    const own = places.attribute(attribute, type)
    const fields = field === undefined ? undefined : places.attribute(attribute, type, field)
    return [own, fields].some((node) => node !== undefined && names(node, rule, text))
  }
}

function names(node: JsonNode, rule: string, text: string): boolean {
  if (node.kind === 'string') return node.text === rule
  if (node.kind === 'array') return node.items.some((item) => item.kind === 'string' && item.text === rule)
  return node.kind === 'leaf' && text.slice(node.start, node.end) === 'true'
}
