import { allContexts, defaultContext, qualify } from '../state/qualified-subject.ts'

/** A path in segments, and what stands behind the question mark. */
export interface Target {
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

/**
 * A request to `/contexts/{context}/…` as the same request without that beginning: the context goes in front of the subject, or of the prefix of subjects,
 * that it names (Confluent Schema Registry, "Schema contexts"). Any other request as it is; `undefined` where the name is none of a context.
 */
export function inContext(target: Target): Target | undefined {
  const [first, name = '', ...rest] = target.segments
  if (first !== 'contexts' || name === '') return target
  const context = contextIn(name)
  if (context === undefined) return undefined
  const prefix = context === defaultContext ? '' : qualify({ context, name: '' })
  const within = (subject: string): string =>
    subject.startsWith(':.') || subject.startsWith(allContexts) ? subject : `${prefix}${subject}`
  return rest.length === 0
    ? { segments: ['contexts', prefix === '' ? qualify({ context, name: '' }) : prefix], query: target.query }
    : { segments: pathWithin(rest, within), query: queryWithin(rest, target.query, within) }
}

/** The context that a segment names, with or without its colons and its dot. */
function contextIn(segment: string): string | undefined {
  const name = segment.replace(/^:|:$/g, '')
  if (name.includes(':')) return undefined
  return name.startsWith('.') ? name : `.${name}`
}

function pathWithin(segments: readonly string[], within: (subject: string) => string): readonly string[] {
  const [first = ''] = segments
  const isSetting = first === 'config' || first === 'mode'
  const at = isSetting ? 1 : segments.indexOf('subjects') + 1
  const subject = segments[at] ?? ''
  // A setting without a subject is one for the whole context.
  if (isSetting) return within(subject) === '' ? [first] : [first, within(subject)]
  return at === 0 || subject === '' ? segments : segments.with(at, within(subject))
}

function queryWithin([first, second]: readonly string[], query: URLSearchParams, within: (subject: string) => string): URLSearchParams {
  const name = first === 'schemas' && second === 'ids' ? 'subject' : 'subjectPrefix'
  const takesIt = name === 'subject' || ((first === 'schemas' || first === 'subjects') && (second ?? '') === '')
  if (!takesIt) return query
  const changed = new URLSearchParams(query)
  changed.set(name, within(query.get(name) ?? ''))
  return changed
}
