import { isVersion } from '../checks.ts'
import { isJsonObject } from '../json-copy.ts'

/** Who wrote a record, and where: a record with one counts only at the offset it names. */
export interface Stamp {
  /** The offset that the writer expected for the record: it decided on just what is before it. */
  readonly seq: number
  /** Different for each record that is sent, so that no two ever have one key: the one that lost cannot compact the other away. */
  readonly node: string
}

/** What the key of a record says. */
export interface RecordKey extends Partial<Stamp> {
  readonly keytype: string
  readonly subject?: string | undefined
  readonly version?: number | undefined
}

/** Members that each of the types has besides `keytype` and `magic`, and its `magic`, as Confluent's registry writes them. */
const layouts: Readonly<Record<string, { readonly members: readonly ('subject' | 'version')[]; readonly magic: number }>> = {
  SCHEMA: { members: ['subject', 'version'], magic: 1 },
  DELETE_SUBJECT: { members: ['subject'], magic: 0 },
  CONFIG: { members: ['subject'], magic: 0 },
  MODE: { members: ['subject'], magic: 0 },
  NOOP: { members: [], magic: 0 },
  // These two are this package's own.
  PURGE: { members: ['subject'], magic: 0 },
  RESERVE: { members: [], magic: 0 },
}

/**
 * The key of a record, as text. Compaction compares keys byte by byte, so these bytes may never change: a record under another
 * spelling of its key would come back when what replaced it is compacted.
 */
export function keyText({ keytype, seq, node, ...parts }: RecordKey): string {
  const { members, magic } = layouts[keytype] ?? { members: [], magic: 0 }
  const key: Record<string, unknown> = { keytype }
  for (const name of members) key[name] = parts[name] ?? null
  key.magic = magic
  if (seq !== undefined) Object.assign(key, { seq, node })
  return JSON.stringify(key)
}

/** The key of a record that says nothing: it only takes the next offset. */
export const noopKey: string = keyText({ keytype: 'NOOP' })

/**
 * What a key says, whoever wrote it: Confluent's registry (members in its order, `magic` 0 or 1), Karapace (in any order), this package. `undefined` when it
 * is no key of a registry.
 */
export function readKey(bytes: Buffer): RecordKey | undefined {
  const key = parsed(bytes)
  if (!isJsonObject(key) || typeof key.keytype !== 'string') return undefined
  const { keytype, subject, version, seq, node } = key
  if (subject !== undefined && subject !== null && typeof subject !== 'string') return undefined
  if (keytype === 'SCHEMA' && (typeof subject !== 'string' || !isVersion(version))) return undefined
  // Another registry numbers its nodes.
  const writer = typeof node === 'number' ? String(node) : node
  if (seq !== undefined && (!isOffset(seq) || typeof writer !== 'string')) return undefined
  return {
    keytype,
    ...(typeof subject === 'string' ? { subject } : {}),
    ...(isVersion(version) ? { version } : {}),
    ...(seq === undefined ? {} : { seq, node: String(writer) }),
  }
}

/** Whether a key, as a text of one character for each byte, has a stamp. */
export function isStamped(key: string): boolean {
  return key.includes('"seq"') && readKey(Buffer.from(key, 'latin1'))?.seq !== undefined
}

function isOffset(seq: unknown): seq is number {
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
