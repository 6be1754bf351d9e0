import { contextOf, normalSubject } from '../state/qualified-subject.ts'

/** What holds for all, as Confluent's registry names it. */
const all: readonly string[] = [contextOf(''), ':.__GLOBAL:']

/** What a config or a mode is for: `undefined` is all, which is also the default context. */
export function settingSubject({ subject }: Readonly<Partial<Record<string, string>>>): string | undefined {
  return subject === undefined || all.includes(normalSubject(subject)) ? undefined : subject
}
