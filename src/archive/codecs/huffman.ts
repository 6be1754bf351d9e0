/** The lengths of a Huffman code for symbols that occur so often, none longer than `longest`; each symbol has one. */
export function codeLengths(counts: readonly number[], longest: number): number[] {
  let weights = counts.map((count) => Math.max(1, count))
  for (;;) {
    const lengths = unboundedLengths(weights)
    if (Math.max(...lengths) <= longest) return lengths
    // Flatter counts make a flatter code.
    weights = weights.map((weight) => (weight >>> 1) + 1)
  }
}

interface Node {
  readonly weight: number
  readonly symbols: readonly number[]
}

function unboundedLengths(weights: readonly number[]): number[] {
  const lengths = weights.map(() => 0)
  const leaves: Node[] = weights.map((weight, symbol) => ({ weight, symbols: [symbol] })).sort((a, b) => a.weight - b.weight)
  // Joined nodes come out in order of their weight, so two queues are enough.
  const joined: Node[] = []
  const lightest = (): Node => {
    const [leaf, inner] = [leaves[0], joined[0]]
    return (inner === undefined || (leaf !== undefined && leaf.weight <= inner.weight) ? leaves.shift() : joined.shift()) as Node
  }
  while (leaves.length + joined.length > 1) {
    const [one, other] = [lightest(), lightest()]
    const symbols = [...one.symbols, ...other.symbols]
    for (const symbol of symbols) lengths[symbol] = (lengths[symbol] as number) + 1
    joined.push({ weight: one.weight + other.weight, symbols })
  }
  return lengths
}

/** The canonical codes of these lengths: by length, then by symbol. */
export function codesOf(lengths: readonly number[]): number[] {
  const codes = lengths.map(() => 0)
  let code = 0
  for (let length = 1; length <= Math.max(...lengths); length++) {
    for (const [symbol, of] of lengths.entries()) if (of === length) codes[symbol] = code++
    code <<= 1
  }
  return codes
}
