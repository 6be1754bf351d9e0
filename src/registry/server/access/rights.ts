import { normalSubject } from '../../state/qualified-subject.ts'

/** What may be done with a subject. `admin` holds `write`, which holds `read`. */
export type Right = 'read' | 'write' | 'admin'

/**
 * What somebody may do: for each right, the beginnings of the subjects it holds for; `''` or `'*'` is every subject. `read`: see it, its versions, its level and its
 * mode. `write`: register. `admin`: change level and mode, delete, import; where it is for every subject, also what holds for all.
 * A subject of another context begins with the context (`:.billing:`).
 */
export type AccessRights = Readonly<Partial<Record<Right, readonly string[]>>>

/** Somebody who asks. */
export interface Principal {
  /** `undefined`: nobody said who it is. */
  readonly name: string | undefined
  /** Whether it has the right for the subject. */
  may(right: Right, subject: string): boolean
  /** Whether it has the right for every subject that there may ever be. */
  mayAll(right: Right): boolean
}

const order: readonly Right[] = ['read', 'write', 'admin']

/** Somebody with these rights. */
export function principal(name: string | undefined, rights: AccessRights): Principal {
  const prefixes = new Map<Right, readonly string[]>()
  for (const [at, right] of order.entries()) {
    // A right holds those before it.
    const own = order.slice(at).flatMap((stronger) => rights[stronger] ?? [])
    prefixes.set(right, [...new Set(own.map((prefix) => (prefix === '*' ? '' : normalSubject(prefix))))])
  }
  const prefixesOf = (right: Right): readonly string[] => prefixes.get(right) ?? []
  return {
    name,
    may: (right, subject) => {
      const whole = normalSubject(subject)
      return prefixesOf(right).some((prefix) => whole.startsWith(prefix))
    },
    mayAll: (right) => prefixesOf(right).includes(''),
  }
}
