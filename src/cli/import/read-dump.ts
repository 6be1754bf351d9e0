import { usageError } from '../usage.ts'

/** A record of the topic of a registry, as a dump has it. */
export interface DumpedRecord {
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/**
 * Reads a dump of the `_schemas` topic, a record to a line: what `kcat -J` prints, or `key<TAB>value` as `kafka-console-consumer --property print.key=true` does (with
 * `Offset:n<TAB>` in front where it prints that, too). Records without an offset are taken to be numbered from 0.
 * @throws EvolveError `invalid-options` that names the line.
 */
export function readDump(text: string, path: string): readonly DumpedRecord[] {
  const records: DumpedRecord[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const record = line.includes('\t') && !isJsonLine(line) ? tabbed(line) : jsonLine(line)
    if (record === undefined)
      throw usageError(`${path}, line ${index + 1} is no record of a _schemas topic`, 'dump it with kcat -C -e -q -J -b BROKER -t _schemas')
    records.push({ ...record, offset: record.offset ?? records.length })
  }
  return records
}

interface Found {
  readonly offset: number | undefined
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const isJsonLine = (line: string): boolean => /^\{"topic":/.test(line)

function tabbed(line: string): Found | undefined {
  const fields = line.split('\t').filter((field) => !/^(CreateTime|LogAppendTime|NoTimestamp|Partition):/.test(field))
  const [, offset] = /^Offset:(\d+)$/.exec(fields[0] ?? '') ?? []
  const [key, ...value] = offset === undefined ? fields : fields.slice(1)
  if (key === undefined || !key.startsWith('{')) return undefined
  return { offset: offset === undefined ? undefined : Number(offset), key: bytes(key), value: bytes(value.join('\t')) }
}

/** A null value is the word, or nothing at all. */
const bytes = (text: string): Buffer | null => (text === 'null' || text === 'NULL' || text === '' ? null : Buffer.from(text))

function jsonLine(line: string): Found | undefined {
  try {
    const { offset, key, payload, value } = JSON.parse(line) as Readonly<Record<string, unknown>>
    const [k, v] = [partOf(key), partOf(payload ?? value)]
    if (k === undefined || v === undefined) return undefined
    return { offset: typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0 ? offset : undefined, key: k, value: v }
  } catch {
    return undefined
  }
}

/** A part as text, or as the JSON that stands in the text. */
function partOf(part: unknown): Buffer | null | undefined {
  if (part === null || part === undefined) return null
  if (typeof part === 'string') return Buffer.from(part)
  return typeof part === 'object' ? Buffer.from(JSON.stringify(part)) : undefined
}
