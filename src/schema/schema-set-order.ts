/** An order of things that need each other. */
export interface NeedOrder {
  /** What is needed stands before what needs it, as far as there is such an order; otherwise as given. */
  readonly order: readonly string[]
  /** Things that need each other in a circle, each circle with all that belongs to it. */
  readonly cycles: readonly (readonly string[])[]
}

interface Visit {
  readonly name: string
  readonly needs: Iterator<string>
  readonly index: number
  /** The smallest index that is reached from here. */
  low: number
}

/** Orders things by their needs (Tarjan's strongly connected components, without recursion: chains may be long). */
export function orderByNeeds(names: Iterable<string>, needsOf: (name: string) => Iterable<string>): NeedOrder {
  const visits = new Map<string, Visit>()
  const done = new Set<string>()
  const pending: string[] = []
  const order: string[] = []
  const cycles: string[][] = []

  const enter = (name: string): Visit => {
    const visit = { name, needs: needsOf(name)[Symbol.iterator](), index: visits.size, low: visits.size }
    visits.set(name, visit)
    pending.push(name)
    return visit
  }
  const leave = (visit: Visit): void => {
    if (visit.low !== visit.index) return
    const group = pending.splice(pending.indexOf(visit.name))
    for (const name of group) done.add(name)
    order.push(...group)
    if (group.length > 1) cycles.push(group)
  }

  for (const name of names) {
    const path = visits.has(name) ? [] : [enter(name)]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.needs.next()
      if (next.done === true) {
        leave(top)
        path.pop()
        const above = path.at(-1)
        if (above !== undefined) above.low = Math.min(above.low, top.low)
        continue
      }
      const known = visits.get(next.value)
      if (known === undefined) path.push(enter(next.value))
      else if (!done.has(next.value)) top.low = Math.min(top.low, known.index)
    }
  }
  return { order, cycles }
}
