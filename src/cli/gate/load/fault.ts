import type { EvolveError } from '../../../errors.ts'
import type { Finding, SourceText } from '../model.ts'
import { type JsonNode, nodeAt } from '../places/json-tree.ts'
import { type Place, placeAt, placeOf, type Span } from '../places/places.ts'

/** The finding for a text that states no schema. */
export function textFault(source: SourceText, span: Span, problem: string, cure?: string): Finding {
  return fault(problem, placeOf(source.file, source.text, span), cure)
}

/** The finding for what a parser refused, at the place that it names. */
export function parseFault(source: SourceText, error: EvolveError, root?: JsonNode): Finding {
  const { problem, details } = error
  // The place stands in front, for people and machines: once is enough.
  const [, message, line, column, file] = / *^(.*), at line (\d+), column (\d+)(?: of (.*))?$/s.exec(problem) ?? []
  if (message !== undefined && (file === undefined || file === source.file))
    return fault(message, placeAt(source.file, source.text, Number(line), Number(column)), details.hint)
  if (root === undefined) return fault(problem, placeOf(source.file, source.text, { start: 0, length: 1 }), details.hint)
  const node = nodeAt(root, details.path ?? '')
  const length = node.kind === 'object' || node.kind === 'array' ? 1 : node.end - node.start
  return fault(problem, placeOf(source.file, source.text, { start: node.start, length }), details.hint)
}

function fault(message: string, place: Place, cure: string | undefined): Finding {
  return { rule: 'invalid-schema', severity: 'error', message, place, ...(cure === undefined ? {} : { cure }) }
}
