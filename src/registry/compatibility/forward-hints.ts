import type { Incompatibility } from '../../resolution/incompatibility.ts'

/** The cures for old readers of new data: those readers are deployed, so only the new schema can give way. */
const hints: Readonly<Record<Incompatibility['kind'], (version: number) => string>> = {
  NAME_MISMATCH: (version) => `keep the name that version ${version} has`,
  FIXED_SIZE_MISMATCH: (version) =>
    `keep the size that version ${version} has: a fixed of another size is another type, with a name of its own`,
  MISSING_ENUM_SYMBOLS: () => 'leave the new symbols out until every version that counts knows them, or has a default symbol',
  READER_FIELD_MISSING_DEFAULT_VALUE: () => 'keep the field until every version that counts has a default for it',
  TYPE_MISMATCH: (version) => `keep the type that version ${version} has: what is new goes into a field of its own`,
  MISSING_UNION_BRANCH: () => 'leave the new branch out until every version that counts has it',
}

/** The cure, in words, for what readers of an earlier version cannot read. */
export function forwardHint(kind: Incompatibility['kind'], version: number): string {
  return hints[kind](version)
}
