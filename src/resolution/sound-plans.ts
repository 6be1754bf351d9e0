import { remember } from '../schema/remember.ts'
import type { Schema, UnionSchema } from '../schema/types.ts'
import { ownProblems } from './incompatibility.ts'
import { namesMatch } from './match.ts'
import type { Plan } from './plan.ts'

/** Of the branches that a reader's union has besides the chosen one, how many are tried. */
const MAX_OTHERS = 8

/** How a reader's union takes a type of the writer: one way of several must do. The first is the one that is taken, if any is. */
export interface Choice {
  readonly writer: Schema
  readonly reader: UnionSchema
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
        return { needs: [], choices: branches.map((branch, index) => this.#choice(writer.branches[index] as Schema, reader, branch)) }
      }
      case 'reader-union':
      case 'unreadable':
        return plan.reader.kind === 'union' ? { needs: [], choices: [this.#choice(plan.writer, plan.reader, plan)] } : NONE
      default:
        return NONE
    }
  }

  /** The way that a plan takes, and the union's other branches of a matching name: a check of compatibility takes any that does. */
  #choice(writer: Schema, reader: UnionSchema, plan: Plan): Choice {
    const taken = plan.kind === 'reader-union' ? plan.branch : undefined
    const others = reader.branches.filter(
      (branch) =>
        'name' in writer && 'name' in branch && branch !== taken?.reader && branch.kind === writer.kind && namesMatch(writer, branch),
    )
    return {
      writer,
      reader,
      ways: [...(taken === undefined ? [] : [taken]), ...others.slice(0, MAX_OTHERS).map((branch) => this.#resolve(writer, branch))],
    }
  }
}

const NONE: Parts = { needs: [], choices: [] }
