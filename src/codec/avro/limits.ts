/** Bounds on one datum; beyond them it is refused before memory is spent on it. */
export interface DatumLimits {
  /** Levels of records, arrays and maps inside each other. */
  readonly depth: number
  /** Values in one datum: elements of arrays and maps, whether they take bytes or not. */
  readonly values: number
  /** Elements in one datum that take no bytes (null, empty records, fixed of size 0). */
  readonly emptyItems: number
}

/** The bounds in force. */
export const datumLimits: DatumLimits = Object.freeze({ depth: 100, values: 1_000_000, emptyItems: 100_000 })
