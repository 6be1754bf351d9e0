/**
 * How the blocks of a container are compressed. One that an application brings may have only the half that it needs.
 */
export interface BlockCodec {
  /**
   * Gives back the bytes of a block. `limit` is how many they may be at most: stop there, rather than spend the memory. What is
   * longer all the same is refused.
   */
  decompress?(bytes: Buffer, limit: number): Uint8Array | Promise<Uint8Array>
  /** Compresses the bytes of a block. `level` is the codec's own measure of how hard it tries; absent: its default. */
  compress?(bytes: Buffer, level?: number): Uint8Array | Promise<Uint8Array>
  /** The lowest and the highest level. Absent: any integer is handed on. */
  readonly levels?: readonly [number, number]
}
