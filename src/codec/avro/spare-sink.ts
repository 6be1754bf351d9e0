import { Sink } from '../../wire/sink.ts'

/** Above this many bytes a sink is not kept: one large message must not hold its memory for ever. */
const LARGEST_KEPT = 1 << 20

let spare: Sink | undefined

/** A sink to write one message of so many bytes at most to. A getter of a value may encode another message meanwhile: that one gets a sink of its own. */
export function borrowSink(limit: number): Sink {
  const sink = spare ?? new Sink()
  spare = undefined
  sink.position = 0
  sink.limit = limit
  return sink
}

/** Gives a sink back for the next message. What was written to it must have been copied. */
export function returnSink(sink: Sink): void {
  if (sink.buffer.length <= LARGEST_KEPT) spare = sink
}
