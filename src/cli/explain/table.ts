import { type Style, visibleWidth, widestOf } from '../style.ts'
import type { Row } from './rows.ts'

/** Bytes of a line that are shown in hex. */
const hexBytes = 8
const widestName = 44
const widestType = 40

/** A table of byte ranges, bytes, names, types and values, in columns. */
export function table(rows: readonly Row[], bytes: Buffer, style: Style): string[] {
  const digits = String(bytes.length).length
  const name = Math.min(widestName, widestOf(rows.map((row) => `${'  '.repeat(row.depth)}${row.name}`)))
  const type = Math.min(widestType, widestOf(rows.map((row) => row.type)))
  return rows.map((row) => {
    const cells = [
      style.dim(rangeOf(row, digits)),
      pad(paintHex(hexOf(row, bytes), row, style), hexBytes * 3 + 1),
      pad(`${'  '.repeat(row.depth)}${paintName(row, style)}`, name),
      pad(style.dim(row.type), type),
      `${paintValue(row, style)}${row.remark === '' ? '' : `${row.value === '' ? '' : '  '}${style.yellow(`← ${row.remark}`)}`}`,
    ]
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

function rangeOf({ from, to }: Row, digits: number): string {
  if (from === undefined || to === undefined) return ' '.repeat(2 * digits + 4)
  return `[${String(from).padStart(digits)}, ${String(to).padStart(digits)})`
}

function hexOf({ from = 0, to = 0 }: Row, bytes: Buffer): string {
  const isLong = to - from > hexBytes
  const shown = bytes.subarray(from, isLong ? from + hexBytes : to)
  return `${[...shown].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}${isLong ? ' …' : ''}`
}

const paintHex = (hex: string, row: Row, style: Style): string => (row.isMinor === true ? style.dim(hex) : style.cyan(hex))

function paintName({ name, isMinor, isBroken }: Row, style: Style): string {
  if (isBroken === true) return style.red(name)
  return isMinor === true ? style.dim(name) : style.bold(name)
}

function paintValue({ value, isMinor, isBroken }: Row, style: Style): string {
  if (isBroken === true) return style.red(value)
  return isMinor === true ? style.dim(value) : style.green(value)
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)))
}
