import { EvolveError } from '../../errors.ts'
import { maxId } from '../checks.ts'
import { schemaGuid } from '../schema-guid.ts'
import { meaningKey } from '../schema-key.ts'
import type { RegisteredSchema } from '../types.ts'
import type { Meaning } from './changes.ts'
import type { HeldVersion } from './held-version.ts'

/** A schema under its ID, with the versions that hold it: at least one. Most have just that one: a list for each would be a lot of memory. */
interface HeldSchema {
  readonly key: string
  /** What its ID means, where the text does not say it. */
  readonly meaning?: string
  uses: HeldVersion | HeldVersion[]
}

/** The schemas of one context under their IDs. An ID means one schema, and is not given twice even after that is gone. */
export class ContextSchemas {
  readonly #schemas = new Map<number, HeldSchema>()
  /** The lowest ID of a schema; in a list that comes from elsewhere one schema may have several. */
  readonly #ids = new Map<string, number>()
  /** All of them, ascending, where there are several. */
  readonly #severalIds = new Map<string, readonly number[]>()
  /** What IDs have meant that mean nothing any more; and what some mean still. */
  readonly #meanings = new Map<number, string>()
  /** IDs by GUID: made when the first is asked for, as hardly anybody asks. */
  #guids: Map<string, number> | undefined
  #nextId: number

  constructor(firstId: number) {
    this.#nextId = firstId
  }

  /** How many schemas there are. */
  get size(): number {
    return this.#schemas.size
  }

  /** The ID that a new schema would get. @throws EvolveError `limit-exceeded` when none is left. */
  nextId(): number {
    if (this.#nextId > maxId) throw new EvolveError('limit-exceeded', 'no schema ID is left')
    return this.#nextId
  }

  /** Never gives out this ID, nor one below it. */
  reserve(id: number): void {
    this.#nextId = Math.max(this.#nextId, id + 1)
  }

  /** Gives out the IDs above this one again: takes back what {@link ContextSchemas.use} has reserved. */
  reserveOnly(id: number): void {
    this.#nextId = id + 1
  }

  /** The highest ID that is never given out any more; one below the first where none was. */
  get reserved(): number {
    return this.#nextId - 1
  }

  has(id: number): boolean {
    return this.#schemas.has(id)
  }

  get(id: number): RegisteredSchema | undefined {
    return this.uses(id)[0]?.schema
  }

  /** The ID of the schema with this key. */
  idOf(key: string): number | undefined {
    return this.#ids.get(key)
  }

  /** The key of the schema under this ID. */
  keyOf(id: number): string | undefined {
    return this.#schemas.get(id)?.key
  }

  /** The ID of the schema with this GUID. */
  idOfGuid(guid: string): number | undefined {
    this.#guids ??= new Map(
      [...this.#schemas.keys()].toReversed().flatMap((id) =>
        this.uses(id)
          .slice(0, 1)
          .map(({ schema }) => [schemaGuid(schema), id]),
      ),
    )
    return this.#guids.get(guid)
  }

  uses(id: number): readonly HeldVersion[] {
    const uses = this.#schemas.get(id)?.uses ?? []
    return Array.isArray(uses) ? uses : [uses]
  }

  /** The IDs in use, in the order in which they came. */
  ids(): Iterable<number> {
    return this.#schemas.keys()
  }

  /** Whether this ID may mean the schema with these keys: it means or has meant it already, or nothing that is known. */
  allows(id: number, key: () => string, meaning: () => string): boolean {
    const known = this.keyOf(id)
    if (known !== undefined) return known === key()
    const before = this.#meanings.get(id)
    return before === undefined || before === meaning()
  }

  /** What the ID means, where it means something. */
  meaningOf(id: number): Meaning | undefined {
    const held = this.#schemas.get(id)
    const schema = this.get(id)
    return held === undefined || schema === undefined ? undefined : [id, held.meaning ?? meaningKey(schema)]
  }

  /** From now on this ID means this schema, or nothing. */
  remember([id, key]: Meaning): void {
    this.#meanings.set(id, key)
  }

  /** What the IDs have meant that mean nothing any more. */
  meanings(): readonly Meaning[] {
    return [...this.#meanings].filter(([id]) => !this.#schemas.has(id))
  }

  /** Adds a use of a schema, and the schema with this key where it is new. */
  use(version: HeldVersion, newKey: () => string, meaning?: string): void {
    const { id, schema } = version
    const known = this.#schemas.get(id)
    if (known !== undefined) {
      if (Array.isArray(known.uses)) known.uses.push(version)
      else known.uses = [known.uses, version]
      return
    }
    const key = newKey()
    this.#schemas.set(id, meaning === undefined ? { key, uses: version } : { key, uses: version, meaning })
    this.#addId(key, id)
    this.#guids?.set(schemaGuid(schema), this.#ids.get(key) ?? id)
    this.reserve(id)
  }

  /** Takes a use away, and the schema with the last one. What its ID meant is remembered for ever, or not. */
  drop(version: HeldVersion, isRemembered: boolean): void {
    const { id, schema } = version
    const known = this.#schemas.get(id)
    if (known === undefined) return
    const left = this.uses(id).filter((use) => use !== version)
    const meaning = left.length === 0 && isRemembered ? this.meaningOf(id) : undefined
    if (meaning !== undefined) this.remember(meaning)
    const [only] = left
    known.uses = left.length === 1 && only !== undefined ? only : left
    if (left.length > 0) return
    this.#schemas.delete(id)
    this.#removeId(known.key, id)
    const guid = this.#guids === undefined ? undefined : schemaGuid(schema)
    if (guid === undefined || this.#guids?.get(guid) !== id) return
    const other = this.#ids.get(known.key)
    if (other === undefined) this.#guids.delete(guid)
    else this.#guids.set(guid, other)
  }

  /** The lowest, and not the first that came: a list may come in another order when it is read again. */
  #addId(key: string, id: number): void {
    const lowest = this.#ids.get(key)
    if (lowest === undefined) {
      this.#ids.set(key, id)
      return
    }
    const ids = [...(this.#severalIds.get(key) ?? [lowest]), id].sort((a, b) => a - b)
    this.#severalIds.set(key, ids)
    this.#ids.set(key, Math.min(lowest, id))
  }

  #removeId(key: string, id: number): void {
    const left = this.#severalIds.get(key)?.filter((one) => one !== id) ?? []
    const [lowest] = left
    if (lowest === undefined) this.#ids.delete(key)
    else this.#ids.set(key, lowest)
    if (left.length > 1) this.#severalIds.set(key, left)
    else this.#severalIds.delete(key)
  }
}
