import type { Incompatibility } from '../../resolution/incompatibility.ts'

/** The cures for old readers of new data: those readers are deployed, so only the new schema can give way. */
const hints: Readonly<Record<Incompatibility['kind'], (version: string, names: string) => string>> = {
  NAME_MISMATCH: (version) => `keep the name that ${version} has`,
  FIXED_SIZE_MISMATCH: (version) => `keep the size that ${version} has: a fixed of another size is another type, with a name of its own`,
  MISSING_ENUM_SYMBOLS: (_version, names) =>
    `leave ${names || 'the new symbols'} out until every version that counts knows them, or has a default symbol`,
  READER_FIELD_MISSING_DEFAULT_VALUE: (_version, names) =>
    `keep the field${names === '' ? '' : ` ${names}`} until every version that counts has a default for it; an alias helps new readers only`,
  TYPE_MISMATCH: (version) => `keep the type that ${version} has: what is new goes into a field of its own`,
  MISSING_UNION_BRANCH: (version, names) =>
    names === ''
      ? `keep what is in the branch as ${version} has it: what is new goes into a branch or a field of its own`
      : `leave the new branch ${names} out until every version that counts has it`,
}

/** The cure, in words, for what readers of an earlier version cannot read. */
export function forwardHint({ kind, names = [] }: Incompatibility, version: string): string {
  const told = names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
  return hints[kind](version, told)
}
