import { checkSchemas } from '../../../resolution/compatibility.ts'
import { nameOf } from '../../../schema/default.ts'
import type { Schema, UnionSchema } from '../../../schema/types.ts'
import { broken, fine, type SchemaChange, unaffected } from './change.ts'
import type { DiffInside, DiffPlace } from './parts.ts'
import { typeWords } from './words.ts'

/** The branches of a union, what is in them, and their order. */
export function diffUnions(old: UnionSchema, next: UnionSchema, place: DiffPlace, inside: DiffInside): SchemaChange[] {
  const pairOf = (branch: Schema, others: readonly Schema[]): Schema | undefined =>
    others.find((other) => nameOf(other) === nameOf(branch)) ??
    others.find(
      (other) =>
        other.kind === branch.kind &&
        'name' in other &&
        'name' in branch &&
        (branch.aliases.includes(other.name) || other.aliases.includes(branch.name)),
    )
  const changes: SchemaChange[] = []
  for (const branch of next.branches) {
    const before = pairOf(branch, old.branches)
    if (before !== undefined) {
      changes.push(...inside(before, branch, place))
      continue
    }
    const [problem] = checkSchemas(old, branch).incompatibilities
    const oldReaders =
      problem === undefined ? fine(`read ${typeWords(branch)} as another branch`) : broken(`cannot read ${typeWords(branch)}`)
    changes.push({ ...place, kind: 'branch-added', text: `may be ${typeWords(branch)} now`, newReaders: unaffected, oldReaders })
  }
  for (const branch of old.branches.filter((one) => pairOf(one, next.branches) === undefined)) {
    const [problem] = checkSchemas(next, branch).incompatibilities
    const newReaders =
      problem === undefined ? fine(`read ${typeWords(branch)} as another branch`) : broken(`cannot read ${typeWords(branch)}`)
    changes.push({ ...place, kind: 'branch-removed', text: `cannot be ${typeWords(branch)} any more`, newReaders, oldReaders: unaffected })
  }
  const names = next.branches.map(nameOf)
  const before = old.branches.map(nameOf)
  if (names.length === before.length && names.every((name) => before.includes(name)) && names.some((name, index) => name !== before[index]))
    changes.push({
      ...place,
      kind: 'branches-reordered',
      text: 'the branches stand in another order',
      newReaders: unaffected,
      oldReaders: unaffected,
    })
  return changes
}
