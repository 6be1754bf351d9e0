/** Bounds on what is accepted as a schema; beyond them a schema is refused, never half read. */
export const schemaLimits: { readonly textLength: number; readonly depth: number; readonly names: number } = {
  /** Characters of schema text. */
  textLength: 1_048_576,
  /** Levels of types inside types. */
  depth: 100,
  /** Named types in one schema. */
  names: 10_000,
}
