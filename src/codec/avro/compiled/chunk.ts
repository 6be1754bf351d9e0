/** Bytes of a chunk that many small messages are written into, one behind the other, without a copy. */
const CHUNK = 32 * 1024
/** With less room than this a new chunk is begun. */
const LEAST = 2 * 1024

const NONE: Buffer = Buffer.alloc(0)

let chunk: Buffer = NONE
let used = 0
let start = 0

/** A chunk to write a message to, from {@link chunkStart} on. Until it is given back, others get another one. */
export function takeChunk(): Buffer {
  const taken = chunk.length - used >= LEAST ? chunk : Buffer.allocUnsafeSlow(CHUNK)
  if (taken !== chunk) used = 0
  start = used
  chunk = NONE
  used = 0
  return taken
}

/** Where the message in the chunk just taken begins. */
export function chunkStart(): number {
  return start
}

/** Gives the rest of a chunk back, from `end` on, for the next message. A chunk larger than usual is left to its message. */
export function returnChunk(taken: Buffer, end: number): void {
  if (taken.length !== CHUNK) return
  chunk = taken
  used = end
}

/** A chunk with the message so far at its front and at least `more` bytes of room behind it. */
export function growChunk(from: Buffer, messageStart: number, end: number, more: number): Buffer {
  const length = end - messageStart
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * (length + more), CHUNK))
  from.copy(larger, 0, messageStart, end)
  return larger
}
