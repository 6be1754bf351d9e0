import { EvolveError } from '../../errors.ts'
import type { BitReader } from './bit-reader.ts'
import { GROUP, RUN_A, RUN_B } from './bzip2-format.ts'

/** Bits of the longest code. */
const LONGEST = 20

/** The last column of the sorted rotations, a byte in the low bits of each entry, and where the first rotation stands. */
export interface Transformed {
  readonly column: Uint32Array
  readonly length: number
  readonly origin: number
}

/** A Huffman table: codes of a length are below `limits` (aligned to {@link LONGEST} bits), and count from `bases`. */
interface Table {
  readonly shortest: number
  readonly limits: Int32Array
  readonly bases: Int32Array
  readonly symbols: readonly number[]
}

/** Reads the symbols of a block, and undoes the move-to-front and run-length coding behind them. `most` is the level's. */
export function readSymbols(bits: BitReader, most: number): Transformed {
  if (bits.read(1) === 1) throw damaged('it is of the randomised kind, which nobody writes any more')
  const origin = bits.read(24)
  const list = usedBytes(bits)
  const tableCount = bits.read(3)
  if (tableCount < 2 || tableCount > 6) throw damaged(`it has ${tableCount} tables`)
  const selectors = readSelectors(bits, tableCount)
  const endSymbol = list.length + 1
  const tables = Array.from({ length: tableCount }, () => readTable(bits, endSymbol + 1))

  let column = new Uint32Array(Math.min(most, 4096))
  let length = 0
  const put = (byte: number, times: number): void => {
    if (length + times > most) throw damaged('it has more bytes than its level allows')
    if (length + times > column.length) {
      const larger = new Uint32Array(Math.min(most, Math.max(length + times, 2 * column.length)))
      larger.set(column)
      column = larger
    }
    if (times === 1) column[length] = byte
    else column.fill(byte, length, length + times)
    length += times
  }

  let run = 0
  let weight = 1
  let table: Table | undefined
  for (let count = 0; ; count++) {
    if (count % GROUP === 0) table = tables[selectors[count / GROUP] ?? -1]
    if (table === undefined) throw damaged('it has too few selectors')
    const symbol = readSymbol(bits, table)
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight * (symbol + 1)
      weight *= 2
      if (run > most) throw damaged('it has more bytes than its level allows')
      continue
    }
    if (run > 0) put(list[0] as number, run)
    run = 0
    weight = 1
    if (symbol === endSymbol) return { column, length, origin }
    put(toFront(list, symbol - 1), 1)
  }
}

function usedBytes(bits: BitReader): Uint8Array {
  const ranges = bits.read(16)
  const used: number[] = []
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >>> range)) === 0) continue
    const bytes = bits.read(16)
    for (let low = 0; low < 16; low++) if ((bytes & (0x8000 >>> low)) !== 0) used.push(range * 16 + low)
  }
  if (used.length === 0) throw damaged('it uses no bytes')
  return Uint8Array.from(used)
}

function readSelectors(bits: BitReader, tableCount: number): Uint8Array {
  const selectors = new Uint8Array(bits.read(15))
  const list = Uint8Array.from({ length: tableCount }, (_, index) => index)
  for (let index = 0; index < selectors.length; index++) {
    let place = 0
    while (bits.read(1) === 1) if (++place === tableCount) throw damaged('a selector of it is none')
    selectors[index] = toFront(list, place)
  }
  return selectors
}

function readTable(bits: BitReader, symbolCount: number): Table {
  const lengths: number[] = []
  let length = bits.read(5)
  while (lengths.length < symbolCount) {
    if (length < 1 || length > LONGEST) throw damaged('a code of it is too long')
    if (bits.read(1) === 0) lengths.push(length)
    else length += bits.read(1) === 0 ? 1 : -1
  }
  const shortest = Math.min(...lengths)
  const limits = new Int32Array(LONGEST + 1)
  const bases = new Int32Array(LONGEST + 1)
  const symbols: number[] = []
  let code = 0
  for (let size = shortest; size <= LONGEST; size++) {
    bases[size] = symbols.length - code
    for (const [symbol, of] of lengths.entries()) if (of === size) symbols.push(symbol)
    code = symbols.length - (bases[size] as number)
    if (code > 2 ** size) throw damaged('its codes overlap')
    limits[size] = code << (LONGEST - size)
    code <<= 1
  }
  return { shortest, limits, bases, symbols }
}

function readSymbol(bits: BitReader, table: Table): number {
  const ahead = bits.peek(LONGEST)
  for (let size = table.shortest; size <= LONGEST; size++) {
    if (ahead >= (table.limits[size] as number)) continue
    bits.drop(size)
    return table.symbols[(ahead >>> (LONGEST - size)) + (table.bases[size] as number)] as number
  }
  throw damaged('a code of it stands for nothing')
}

function toFront(list: Uint8Array, place: number): number {
  const found = list[place] as number
  list.copyWithin(1, 0, place)
  list[0] = found
  return found
}

function damaged(problem: string): EvolveError {
  return new EvolveError('malformed-data', `the block is not bzip2: ${problem}`)
}
