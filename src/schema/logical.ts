import type { LogicalType, PrimitiveKind, TimeLogicalType } from './types.ts'

/** The base type of each logical type without attributes. */
const BASES: Readonly<Record<TimeLogicalType, PrimitiveKind>> = {
  date: 'int',
  'time-millis': 'int',
  'time-micros': 'long',
  'timestamp-millis': 'long',
  'timestamp-micros': 'long',
  'timestamp-nanos': 'long',
  'local-timestamp-millis': 'long',
  'local-timestamp-micros': 'long',
  'local-timestamp-nanos': 'long',
}

/**
 * The logical type that a schema names, or `undefined` where it names none, an unknown one, or one that is malformed: the
 * base type then stands alone (Apache Avro 1.12, "Logical Types").
 */
export function logicalType(
  attributes: Readonly<Record<string, unknown>>,
  base: PrimitiveKind | 'fixed',
  size?: number,
): LogicalType | undefined {
  const type = attributes['logicalType']
  if (typeof type !== 'string') return undefined
  switch (type) {
    case 'decimal':
      return decimal(attributes, base, size)
    case 'uuid':
      return base === 'string' || (base === 'fixed' && size === 16) ? { type } : undefined
    case 'duration':
      return base === 'fixed' && size === 12 ? { type } : undefined
    default:
      return Object.hasOwn(BASES, type) && BASES[type as TimeLogicalType] === base ? { type: type as TimeLogicalType } : undefined
  }
}

function decimal(attributes: Readonly<Record<string, unknown>>, base: string, size: number | undefined): LogicalType | undefined {
  if (base !== 'bytes' && base !== 'fixed') return undefined
  const precision = attributes['precision']
  const scale = attributes['scale'] === undefined ? 0 : attributes['scale']
  if (!isWhole(precision) || !isWhole(scale) || precision < 1 || scale > precision) return undefined
  if (size !== undefined && precision > Math.floor(Math.log10(2) * (8 * size - 1))) return undefined
  return { type: 'decimal', precision, scale }
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff
}
