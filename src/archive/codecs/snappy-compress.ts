/** Copies reach back at most this far, so that two bytes say how far. */
const FRAGMENT = 65_536
const HASH_BITS = 14
const SHORTEST = 4
const LONGEST_COPY = 64

/** Raw Snappy (google/snappy, `format_description.txt`): every repetition of four bytes and more that a small hash table finds. */
export function compressSnappy(bytes: Buffer): Buffer {
  // Literals alone take one tag of at most five bytes for each run, and a run ends only where a copy saves as much.
  const out = Buffer.allocUnsafeSlow(16 + bytes.length + Math.ceil(bytes.length / 6))
  let at = writeLength(out, bytes.length)
  const table = new Uint16Array(1 << HASH_BITS)
  for (let start = 0; start < bytes.length; start += FRAGMENT) {
    at = compressFragment(bytes, start, Math.min(start + FRAGMENT, bytes.length), out, at, table)
  }
  return out.subarray(0, at)
}

function writeLength(out: Buffer, length: number): number {
  let at = 0
  let rest = length
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) out[at++] = (rest & 0x7f) | 0x80
  out[at++] = rest
  return at
}

function compressFragment(bytes: Buffer, start: number, end: number, out: Buffer, outAt: number, table: Uint16Array): number {
  table.fill(0)
  let at = outAt
  let literal = start
  let position = start + 1
  let misses = 0
  while (position + SHORTEST <= end) {
    const four = word(bytes, position)
    const slot = Math.imul(four, 0x1e35a7bd) >>> (32 - HASH_BITS)
    const candidate = start + (table[slot] as number)
    table[slot] = position - start
    if (word(bytes, candidate) !== four) {
      // Data that does not repeat is stepped over ever faster.
      position += 1 + (misses++ >>> 5)
      continue
    }
    misses = 0
    at = writeLiteral(bytes, literal, position, out, at)
    let length = SHORTEST
    while (position + length < end && bytes[candidate + length] === bytes[position + length]) length++
    at = writeCopies(position - candidate, length, out, at)
    position += length
    literal = position
  }
  return writeLiteral(bytes, literal, end, out, at)
}

function word(bytes: Buffer, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
}

function writeLiteral(bytes: Buffer, start: number, end: number, out: Buffer, outAt: number): number {
  const length = end - start
  if (length === 0) return outAt
  let at = outAt
  const less = length - 1
  if (less < 60) out[at++] = less << 2
  else if (less < 256) {
    out[at++] = 60 << 2
    out[at++] = less
  } else {
    out[at++] = 61 << 2
    at = out.writeUInt16LE(less, at)
  }
  bytes.copy(out, at, start, end)
  return at + length
}

/** One copy says up to 64 bytes; a long repetition is several. */
function writeCopies(offset: number, length: number, out: Buffer, outAt: number): number {
  let at = outAt
  for (let left = length; left > 0; left -= LONGEST_COPY) {
    out[at++] = ((Math.min(left, LONGEST_COPY) - 1) << 2) | 2
    at = out.writeUInt16LE(offset, at)
  }
  return at
}
