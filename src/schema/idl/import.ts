import { EvolveError } from '../../errors.ts'
import { failAt, type Place, type Source } from './place.ts'

/** What is imported: IDL, a protocol (`.avpr`) or a schema (`.avsc`). */
export type ImportKind = 'idl' | 'protocol' | 'schema'

/** A text with what it is called: the same path is read once only, and imports inside it are relative to it. */
export interface ImportedText {
  readonly text: string
  readonly path: string
}

/**
 * Finds the text of `import kind "name";`, synchronously. `from` is the path of the text that imports, as it was given to
 * `parseIdl` or came from here. Names come from the texts as they are and may be anything (`../../etc/passwd`, an address):
 * which of them may be opened is up to this function. A plain string is a text without a path of its own; its name stands in.
 */
export type ResolveImport = (kind: ImportKind, name: string, from: string | undefined) => ImportedText | string

/** Bounds of imports: texts in all, and texts inside texts. */
const MAX_IMPORTS = 1000
const MAX_DEPTH = 20

/** Brings in the texts that others import, each once. */
export class Imports {
  readonly #resolve: ResolveImport | undefined
  readonly #seen = new Set<string>()
  #count = 0

  constructor(resolve: ResolveImport | undefined, root: Source) {
    this.#resolve = resolve
    if (root.path !== undefined) this.#seen.add(root.path)
  }

  /**
   * The text of an import, or `undefined` for one that has been read or is being read: cycles end there.
   * @throws EvolveError `invalid-schema` with the place; `limit-exceeded`; `invalid-options` for an answer that is no text.
   */
  open(kind: ImportKind, name: string, place: Place, depth: number): Source | undefined {
    if (this.#resolve === undefined) {
      return failAt(
        place,
        `there is an import of ${JSON.stringify(name)} and nothing to resolve it`,
        'give parseIdl the option resolveImport',
      )
    }
    if (depth > MAX_DEPTH) throw new EvolveError('limit-exceeded', `imports are nested more than ${MAX_DEPTH} deep, ending with ${name}`)
    const answer = this.#ask(this.#resolve, kind, name, place)
    const isText = typeof answer === 'string'
    const path = isText ? name : answer.path
    // Two texts without paths are the same when name and text are: one name may mean two files in two folders.
    const key = isText ? `${name}\u0000${answer}` : path
    if (this.#seen.has(key)) return undefined
    this.#seen.add(key)
    this.#count += 1
    if (this.#count > MAX_IMPORTS) throw new EvolveError('limit-exceeded', `more than ${MAX_IMPORTS} imports`)
    return { text: isText ? answer : answer.text, path }
  }

  #ask(resolve: ResolveImport, kind: ImportKind, name: string, place: Place): ImportedText | string {
    let answer: unknown
    try {
      answer = resolve(kind, name, place.source.path)
    } catch (cause) {
      throw new EvolveError(
        'invalid-schema',
        `the import of ${JSON.stringify(name)} from ${place.source.path ?? 'the text'} failed`,
        {},
        cause,
      )
    }
    if (typeof answer === 'string') return answer
    const { text, path } = (answer ?? {}) as Partial<Record<keyof ImportedText, unknown>>
    if (typeof text === 'string' && typeof path === 'string') return { text, path }
    throw new EvolveError('invalid-options', `resolveImport gave no text for ${JSON.stringify(name)}`, {
      hint: 'it answers with a string or with { text, path }, and at once, not with a promise',
    })
  }
}
