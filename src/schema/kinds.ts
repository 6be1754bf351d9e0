import type { PrimitiveKind } from './types.ts'

/** The names of the primitive types ("Primitive Types"). */
export const PRIMITIVES: readonly string[] = [
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
] satisfies PrimitiveKind[]
