import type { Duplex, Readable, Writable } from 'node:stream'

/** A stream of bytes both ways: a socket, a pipe, standard input and output. */
export type ByteStream = Duplex | ByteStreamHalves

/** The two directions of a {@link ByteStream}. */
export interface ByteStreamHalves {
  readonly readable: Readable
  readonly writable: Writable
}

/** Both directions of a stream; of a duplex stream they are one object. */
export function halvesOf(stream: ByteStream): ByteStreamHalves {
  return isDuplex(stream) ? { readable: stream, writable: stream } : stream
}

/** A duplex stream has flags of the same names. */
function isDuplex(stream: ByteStream): stream is Duplex {
  return typeof stream.readable === 'boolean'
}
