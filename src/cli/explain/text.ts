import { nameOf } from '../../schema/default.ts'
import { count } from '../count-words.ts'
import { printable, type Style } from '../style.ts'
import type { Explanation, ReaderAccount } from './explanation.ts'
import type { Identity } from './identify.ts'
import type { TextLimits } from './readable.ts'
import { partRows, type Row } from './rows.ts'
import { carriedRows, seenRows } from './seen-rows.ts'
import { table } from './table.ts'
import type { WriterSchema } from './writer-schema.ts'

/** Subjects that are named. */
const mostUses = 5

/** An explanation for people. `side` says whose subjects come first. */
export function explanationText(explanation: Explanation, style: Style, limits: TextLimits, side: 'key' | 'value'): string {
  const { bytes, writer, body, reader } = explanation
  const lines = [
    headline('message', [`${count(bytes.length, 'byte')}`, frameWords(explanation.identity)], style),
    headline('schema', schemaWords(writer, side), style),
    '',
  ]
  if (body === undefined) return [...lines, ...otherLanguage(explanation, style), ''].join('\n')
  const rows: Row[] = [...frameRows(explanation), ...partRows(body, limits)]
  const account = reader === undefined ? [] : readerLines(reader, bytes, style, limits)
  return [...lines, style.bold('what the writer wrote'), ...table(rows, bytes, style), '', ...damage(explanation, style), ...account].join(
    '\n',
  )
}

/** What is said of a message that no schema serializer wrote. */
export function otherText(identity: Identity & { readonly kind: 'other' }, bytes: Buffer, style: Style): string {
  const start = bytes.subarray(0, 32)
  const hex = [...start].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const text = start.toString('latin1').replace(/[^\x20-\x7e]/g, '·')
  return [
    headline('message', [count(bytes.length, 'byte')], style),
    headline('this is', [style.yellow(identity.text)], style),
    ...(bytes.length === 0 ? [] : [headline('begins', [`${style.cyan(hex)}  ${style.dim(text)}`], style)]),
    ...(identity.hint === undefined ? [] : [headline('hint', [identity.hint], style)]),
    '',
  ].join('\n')
}

function headline(word: string, parts: readonly string[], style: Style): string {
  return `${style.bold(word.padEnd(8))} ${parts.filter((part) => part !== '').join(style.dim(' · '))}`
}

function frameWords(identity: Identity | undefined): string {
  if (identity?.kind === 'confluent') return `Confluent frame, schema ID ${identity.id}`
  if (identity?.kind === 'single-object') return `Avro single object, fingerprint ${identity.fingerprint}`
  return 'no frame'
}

function schemaWords(writer: WriterSchema, side: 'key' | 'value'): string[] {
  const name = writer.schema === undefined ? '' : printable(nameOf(writer.schema))
  const uses = [...(writer.uses ?? [])].sort((a, b) => Number(b.subject.endsWith(`-${side}`)) - Number(a.subject.endsWith(`-${side}`)))
  const shown = uses.slice(0, mostUses).map(({ subject, version }) => `${printable(subject)} v${version}`)
  const more = uses.length > mostUses ? [`${uses.length - mostUses} more subjects`] : []
  return [name, writer.format === 'AVRO' ? '' : writer.format, ...shown, ...more, `from ${printable(writer.origin)}`]
}

function frameRows({ identity, start }: Explanation): Row[] {
  if (identity?.kind === 'confluent')
    return [
      { from: 0, to: 1, depth: 0, name: '·', type: '', value: 'magic byte', remark: '', isMinor: true },
      { from: 1, to: start, depth: 0, name: '·', type: '', value: `schema ID ${identity.id}`, remark: '', isMinor: true },
    ]
  if (identity?.kind === 'single-object')
    return [
      { from: 0, to: 2, depth: 0, name: '·', type: '', value: 'marker of a single object', remark: '', isMinor: true },
      { from: 2, to: start, depth: 0, name: '·', type: '', value: 'fingerprint of the schema', remark: '', isMinor: true },
    ]
  return []
}

function otherLanguage({ writer, bytes, start }: Explanation, style: Style): string[] {
  const words = writer.format === 'PROTOBUF' ? 'Protobuf' : 'JSON Schema'
  const lines = [
    `The schema is ${words}: only Avro is taken apart. The value is the ${count(bytes.length - start, 'byte')} behind the frame.`,
  ]
  if (writer.format === 'JSON') lines.push('', `  ${style.green(printable(bytes.toString('utf8', start)))}`)
  return lines
}

function damage({ breakage }: Explanation, style: Style): string[] {
  if (breakage === undefined) return []
  const { at, path, expected, code, problem } = breakage
  const where = path === '' ? '' : ` in ${printable(path)}`
  const lines = [style.red(`✗ damaged at byte ${at}${where}: expected ${printable(expected)}`), `  [${code}] ${printable(problem)}`]
  const what = code === 'truncated' ? 'was cut off' : 'is damaged'
  const hint = `the message ${what}, or was written with another schema than its ID says`
  return [...lines, `  ${style.cyan('hint:')} ${hint}`, '']
}

const relations: Readonly<Record<ReaderAccount['relation'], string>> = {
  identical: 'both schemas say the same',
  'reader-superset': 'your schema can say all that the writer wrote',
  'writer-superset': "only the writer's schema can say all of it",
  diverged: 'each schema has something that the other has not',
  incompatible: 'your schema can read no message of this writer',
}

function readerLines(reader: ReaderAccount, bytes: Buffer, style: Style, limits: TextLimits): string[] {
  const name = `${printable(nameOf(reader.schema))} of ${printable(reader.origin)}`
  const lines = [`${style.bold('what you see')} ${style.dim(`(${name}: ${relations[reader.relation]})`)}`]
  const { view, error } = reader
  if (error !== undefined) {
    const where = error.path === '' ? '' : ` at ${printable(error.path)}`
    return [...lines, `  ${style.red(`✗ it cannot be read${where}: [${error.code}] ${printable(error.problem)}`)}`, '']
  }
  if (view === undefined) return lines
  const carried =
    view.carried.length === 0
      ? []
      : [style.bold('what you carry, and write back untouched'), ...table(carriedRows(view.carried, limits), bytes, style), '']
  const back = `${style.bold('written back unchanged')}  ${roundTrip(reader.isSameAgain, style)}`
  return [...lines, ...table(seenRows(view, limits), bytes, style), '', ...carried, back, '']
}

function roundTrip(isSame: boolean | undefined, style: Style): string {
  if (isSame === undefined) return style.red('it cannot be written')
  return isSame
    ? style.green('the same bytes again')
    : 'the same in other bytes: other blocks, or a number that was spelt longer than it needs'
}
