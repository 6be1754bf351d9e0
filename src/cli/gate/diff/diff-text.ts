import { printable, type Style } from '../../style.ts'
import { type RollOut, rollOutWords } from '../check/roll-out.ts'
import type { Effect, SchemaChange } from './change.ts'
import type { Operand } from './operand.ts'

/** A comparison, done. */
export interface SchemaDiff {
  readonly from: Operand
  readonly to: Operand
  readonly changes: readonly SchemaChange[]
  readonly rollOut: RollOut
}

/** The strongest level that a step satisfies. */
export const levelOfStep: Readonly<Record<RollOut, string>> = {
  'any order': 'FULL',
  'readers first': 'BACKWARD',
  'writers first': 'FORWARD',
  none: 'NONE',
}

/** A comparison for people. */
export function diffText({ from, to, changes, rollOut }: SchemaDiff, style: Style): string {
  const head = `${style.bold(printable(from.name))} → ${style.bold(printable(to.name))}`
  if (changes.length === 0) return `${head}\nno difference in meaning\n`
  const blocks = changes.map((change) => {
    const { path, kind, text, newReaders, oldReaders } = change
    const lines = [`${mark(change, style)} ${style.bold(printable(path))}  ${printable(text)}  ${style.dim(kind)}`]
    return [...lines, ...effectLine('new readers', newReaders, style), ...effectLine('old readers', oldReaders, style)].join('\n')
  })
  const level = `${style.cyan('strongest level:')} ${levelOfStep[rollOut]}`
  return `${[head, ...blocks, level, `${style.cyan('roll-out:')} ${rollOutWords[rollOut]}`].join('\n')}\n`
}

function mark({ kind, newReaders, oldReaders }: SchemaChange, style: Style): string {
  const sign = kind.endsWith('-added') ? '+' : kind.endsWith('-removed') ? '-' : '~'
  return newReaders.ok && oldReaders.ok ? style.green(sign) : style.red(sign)
}

function effectLine(who: string, { ok, text }: Effect, style: Style): string[] {
  return text === '' ? [] : [`    ${ok ? style.dim(who) : style.red(who)} ${printable(text)}`]
}
