import { isEvolveError } from '../../errors.ts'
import { defaultContext, normalSubject, qualify } from '../state/qualified-subject.ts'
import type { Registry } from '../types.ts'
import { isBrowsable } from './browsable.ts'

/**
 * What is said of a subject; where there is no such subject, and its name names no context, what is said of the subject of that name in another context,
 * the first in the order of their names that has it (Confluent's `getUsingContexts`).
 * @throws EvolveError what is said of the subject itself, where no context has it.
 */
export async function anywhere<T>(registry: Registry, subject: string, ask: (subject: string) => Promise<T>): Promise<T> {
  try {
    return await ask(subject)
  } catch (error) {
    const isUnknown = isEvolveError(error) && error.code === 'subject-not-found'
    if (!isUnknown || normalSubject(subject).startsWith(':.') || !isBrowsable(registry)) throw error
    for (const context of await registry.contexts()) {
      if (context === defaultContext) continue
      // One that may not be seen is as good as not there.
      const found = await ask(qualify({ context, name: subject })).then(
        (value) => ({ value }),
        () => undefined,
      )
      if (found !== undefined) return found.value
    }
    throw error
  }
}
