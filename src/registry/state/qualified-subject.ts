/** The context of subjects that name none. */
export const defaultContext = '.'

/** What lists of subjects take for "in all contexts". */
export const allContexts = ':*:'

/** A subject, taken apart (Confluent Schema Registry, "Schema contexts"). */
export interface QualifiedSubject {
  /** With its leading dot; {@link defaultContext} where the subject names none. */
  readonly context: string
  /** The subject within its context; empty where a context alone is named, as for what is set for all of it. */
  readonly name: string
}

/** `:.context:name` taken apart; anything else is a name in the default context. */
export function splitSubject(subject: string): QualifiedSubject {
  // Most subjects name no context: this is on the way of every call.
  if (!subject.startsWith(':.')) return { context: defaultContext, name: subject }
  const end = subject.indexOf(':', 2)
  return end === -1 ? { context: defaultContext, name: subject } : { context: subject.slice(1, end), name: subject.slice(end + 1) }
}

/** The subject of a name in a context, as it is kept: without a context where that is the default one. */
export function qualify({ context, name }: QualifiedSubject): string {
  return context === defaultContext && name !== '' ? name : `:${context}:${name}`
}

/** One spelling for one subject: `:.:orders` is `orders`. */
export function normalSubject(subject: string): string {
  return subject.startsWith(':.') ? qualify(splitSubject(subject)) : subject
}

/** The subject that a reference in a schema under `parent` means: in the parent's context where it names none. */
export function referredSubject(parent: string, subject: string): string {
  const { context } = splitSubject(parent)
  return subject.startsWith(':.') ? normalSubject(subject) : qualify({ context, name: subject })
}

/** What stands for the whole context of a subject. */
export function contextOf(subject: string): string {
  return qualify({ context: splitSubject(subject).context, name: '' })
}

/** Says of a subject whether it begins in this way; see `SubjectOptions.prefix`. */
export function subjectFilter(prefix: string): (subject: string) => boolean {
  if (prefix.startsWith(allContexts)) {
    const start = prefix.slice(allContexts.length)
    return (subject) => splitSubject(subject).name.startsWith(start)
  }
  const { context, name } = splitSubject(prefix)
  return (subject) => {
    const one = splitSubject(subject)
    return one.context === context && one.name.startsWith(name)
  }
}
