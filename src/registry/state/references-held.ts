import type { HeldVersion } from './held-version.ts'
import { referredSubject } from './qualified-subject.ts'

/** Which versions refer to which. */
export class HeldReferences {
  readonly #referring = new Map<string, Set<HeldVersion>>()

  add(version: HeldVersion): void {
    for (const key of targets(version)) {
      const known = this.#referring.get(key)
      if (known === undefined) this.#referring.set(key, new Set([version]))
      else known.add(version)
    }
  }

  remove(version: HeldVersion): void {
    for (const key of targets(version)) {
      const known = this.#referring.get(key)
      known?.delete(version)
      if (known?.size === 0) this.#referring.delete(key)
    }
  }

  /** The versions that refer to this one, in the order in which they came. */
  to(subject: string, version: number): readonly HeldVersion[] {
    return [...(this.#referring.get(keyOf(subject, version)) ?? [])]
  }
}

function targets(held: HeldVersion): readonly string[] {
  return (held.references ?? []).map(({ subject, version }) => keyOf(referredSubject(held.subject, subject), version))
}

function keyOf(subject: string, version: number): string {
  return `${version} ${subject}`
}
