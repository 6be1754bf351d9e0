import { lintRules } from '../lint/rules.ts'

/** What each rule of the gate means, in one sentence. */
const texts: Readonly<Record<string, string>> = {
  NAME_MISMATCH: 'A named type has another name, and no alias says that it is the same.',
  FIXED_SIZE_MISMATCH: 'A fixed type has another number of bytes.',
  MISSING_ENUM_SYMBOLS: 'The reader meets a symbol that its enum does not have, and has no default symbol.',
  READER_FIELD_MISSING_DEFAULT_VALUE: 'The reader wants a field that the writer does not have, and has no default for it.',
  TYPE_MISMATCH: "The reader's type cannot read the writer's.",
  MISSING_UNION_BRANCH: "The reader's union has no branch for a type of the writer.",
  FORMAT_MISMATCH: 'The subject has versions in another schema language.',
  FORMAT_NOT_COMPARED: 'Schemas of this language are not compared.',
  UNREADABLE_VERSION: 'An earlier version is no schema.',
  'invalid-schema': 'The file states no schema.',
  'unreadable-version': 'What the file said before is no schema, so nothing is compared with it.',
  'duplicate-subject': 'Two schemas have the same subject.',
  'schema-missing': 'A subject is mapped to a schema that is not there.',
  'schema-deleted': 'A schema is gone.',
  'new-subject': 'The subject is not known yet.',
  'max-warnings': 'There are more warnings than are allowed.',
}

/** What a rule means. */
export function ruleText(rule: string): string {
  return texts[rule] ?? lintRules.find(({ id }) => id === rule)?.text ?? rule
}
