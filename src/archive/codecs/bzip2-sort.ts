/**
 * The order of all rotations of a block: by their first byte, then by twice as many bytes in each round, from what the round
 * before said of the second half. The time is bounded by the length and its logarithm, whatever is in the block.
 */
export function sortRotations(block: Uint8Array): Int32Array {
  const { length } = block
  const order = new Int32Array(length)
  let rank = new Int32Array(length)
  const spareOrder = new Int32Array(length)
  let spareRank = new Int32Array(length)
  for (let at = 0; at < length; at++) {
    spareOrder[at] = at
    rank[at] = block[at] as number
  }
  sortByRank(spareOrder, rank, order, 256)
  for (let width = 1; ; width *= 2) {
    // Ranks anew: rotations that are equal in what was compared so far share one.
    let last = 0
    const half = width === 1 ? 0 : (width / 2) % length
    for (let index = 0; index < length; index++) {
      const [at, before] = [order[index] as number, order[index - 1] ?? -1]
      const same =
        before >= 0 && rank[at] === rank[before] && (half === 0 || rank[wrap(at + half, length)] === rank[wrap(before + half, length)])
      if (index > 0 && !same) last++
      spareRank[at] = last
    }
    ;[rank, spareRank] = [spareRank, rank]
    const classes = last + 1
    if (classes === length || width >= length) return order
    // In order of the second half already: what stands `width` in front of it.
    const shift = width % length
    for (let index = 0; index < length; index++) {
      const at = (order[index] as number) - shift
      spareOrder[index] = at < 0 ? at + length : at
    }
    sortByRank(spareOrder, rank, order, classes)
  }
}

function wrap(at: number, length: number): number {
  return at >= length ? at - length : at
}

/** A stable counting sort of `from` into `to`. */
function sortByRank(from: Int32Array, rank: Int32Array, to: Int32Array, classes: number): void {
  const starts = new Int32Array(classes + 1)
  for (const at of from) {
    const next = (rank[at] as number) + 1
    starts[next] = (starts[next] as number) + 1
  }
  for (let one = 1; one < classes; one++) starts[one] = (starts[one] as number) + (starts[one - 1] as number)
  for (const at of from) {
    const one = rank[at] as number
    const place = starts[one] as number
    starts[one] = place + 1
    to[place] = at
  }
}
