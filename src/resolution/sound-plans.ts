import { unqualified } from '../schema/names.ts'
import { remember } from '../schema/remember.ts'
import type { EnumSchema, FixedSchema, RecordSchema, Schema, UnionSchema } from '../schema/types.ts'
import { ownProblems, type UnionMeeting } from './incompatibility.ts'
import type { Plan } from './plan.ts'

/** Of the branches that a reader's union has besides the chosen one, how many are tried. */
const MAX_OTHERS = 8

/** How a reader's union takes a type of the writer: one way of several must do. The first is the one that is taken, if any is. */
export interface Choice extends UnionMeeting {
  readonly ways: readonly Plan[]
}

/** What a part of a plan consists of: all of `needs`, and of each choice one way. */
interface Parts {
  readonly needs: readonly Plan[]
  readonly choices: readonly Choice[]
}

/**
 * Which parts of a plan read all that may be written, however they contain each other: all but those in which something cannot be
 * read, from the inside out.
 */
export class SoundPlans {
  readonly #resolve: (writer: Schema, reader: Schema) => Plan
  readonly #parts = new Map<Plan, Parts>()
  readonly #unions = new Map<UnionSchema, Map<string, NamedBranch[]>>()
  readonly #holders = new Map<Plan, (Plan | Choice)[]>()
  readonly #holderOfChoice = new Map<Choice, Plan>()
  readonly #unsound = new Set<Plan | Choice>()

  /** What is `assumed` to be sound is not looked into. */
  constructor(root: Plan, resolve: (writer: Schema, reader: Schema) => Plan, assumed: ReadonlySet<Plan> = new Set()) {
    this.#resolve = resolve
    for (const plan of assumed) this.#parts.set(plan, NONE)
    this.#spread(this.#explore(root))
  }

  isSound(part: Plan | Choice): boolean {
    return !this.#unsound.has(part)
  }

  /** The parts of a plan that was met on the way from the root. */
  partsOf(plan: Plan): Parts {
    return this.#parts.get(plan) as Parts
  }

  /** Takes apart all there is; gives what is unsound by itself. */
  #explore(root: Plan): (Plan | Choice)[] {
    const unsound: (Plan | Choice)[] = []
    const stack = [root]
    for (let plan = stack.pop(); plan !== undefined; plan = stack.pop()) {
      if (this.#parts.has(plan)) continue
      const parts = this.#take(plan)
      this.#parts.set(plan, parts)
      if (ownProblems(plan).length > 0) unsound.push(plan)
      for (const part of parts.needs) stack.push(this.#held(part, plan))
      for (const choice of parts.choices) {
        this.#holderOfChoice.set(choice, plan)
        if (choice.ways.length === 0) unsound.push(choice)
        for (const part of choice.ways) stack.push(this.#held(part, choice))
      }
    }
    return unsound
  }

  #held(part: Plan, holder: Plan | Choice): Plan {
    remember(this.#holders, part, () => []).push(holder)
    return part
  }

  #spread(queue: (Plan | Choice)[]): void {
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      if (this.#unsound.has(part)) continue
      if ('ways' in part) {
        if (part.ways.some((way) => this.isSound(way))) continue
        this.#unsound.add(part)
        queue.push(this.#holderOfChoice.get(part) as Plan)
      } else {
        this.#unsound.add(part)
        queue.push(...(this.#holders.get(part) ?? []))
      }
    }
  }

  #take(plan: Plan): Parts {
    switch (plan.kind) {
      case 'array':
        return { needs: [plan.items], choices: [] }
      case 'map':
        return { needs: [plan.values], choices: [] }
      case 'custom':
        return { needs: [plan.base], choices: [] }
      case 'record': {
        const read = plan.steps.filter((step) => step.kind === 'read').sort((left, right) => left.index - right.index)
        return { needs: read.map((step) => step.plan), choices: [] }
      }
      case 'writer-union': {
        const { reader, writer, branches } = plan
        if (reader.kind !== 'union') return { needs: branches, choices: [] }
        return {
          needs: [],
          choices: branches.map((branch, index) => this.#choice(writer.branches[index] as Schema, reader, branch, writer)),
        }
      }
      case 'reader-union':
      case 'unreadable':
        return plan.reader.kind === 'union' ? { needs: [], choices: [this.#choice(plan.writer, plan.reader, plan)] } : NONE
      default:
        return NONE
    }
  }

  /** The way that a plan takes, and the union's other branches of a matching name: a check of compatibility takes any that does. */
  #choice(writer: Schema, reader: UnionSchema, plan: Plan, among?: UnionSchema): Choice {
    const taken = plan.kind === 'reader-union' ? plan.branch : undefined
    const others = this.#namesakes(writer, reader).filter((branch) => branch !== taken?.reader)
    return {
      writer,
      reader,
      among,
      ways: [...(taken === undefined ? [] : [taken]), ...others.slice(0, MAX_OTHERS).map((branch) => this.#resolve(writer, branch))],
    }
  }

  /** The branches of a union whose names match that of a type, looked up: unions may have thousands. */
  #namesakes(writer: Schema, union: UnionSchema): readonly NamedBranch[] {
    if (!('name' in writer)) return []
    const index = remember(this.#unions, union, () => indexNames(union))
    const found = new Set([...(index.get(writer.name) ?? []), ...(index.get(`.${unqualified(writer.name)}`) ?? [])])
    return [...found].filter((branch) => branch.kind === writer.kind)
  }
}

type NamedBranch = RecordSchema | EnumSchema | FixedSchema

/** By alias, and by unqualified name with a dot in front. */
function indexNames(union: UnionSchema): Map<string, NamedBranch[]> {
  const index = new Map<string, NamedBranch[]>()
  for (const branch of union.branches) {
    if (!('name' in branch)) continue
    for (const name of [`.${unqualified(branch.name)}`, ...branch.aliases]) remember(index, name, () => []).push(branch)
  }
  return index
}

const NONE: Parts = { needs: [], choices: [] }
