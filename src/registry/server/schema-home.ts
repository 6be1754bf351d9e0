import type { BrowsableRegistry, IdOptions, SchemaUse } from '../types.ts'

/** A version that holds a schema. */
export interface SchemaHome extends SchemaUse {
  /** Whether all that hold it were deleted. */
  readonly deleted: boolean
}

/** A version that holds the schema with this ID: of the subject that was asked for, if that holds it, and one that is listed, if any is. */
export async function schemaHome(registry: BrowsableRegistry, id: number, { subject }: IdOptions): Promise<SchemaHome | undefined> {
  const read = async (deleted: boolean): Promise<readonly SchemaUse[]> =>
    registry.uses(id, { subject, deleted, known: true }).catch((): readonly SchemaUse[] => [])
  const listed = await read(false)
  const uses = listed.length > 0 ? listed : await read(true)
  const home = uses.findLast((use) => use.subject === subject) ?? uses[0]
  return home === undefined ? undefined : { subject: home.subject, version: home.version, deleted: listed.length === 0 }
}
