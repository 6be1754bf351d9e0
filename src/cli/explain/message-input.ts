import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CommandContext } from '../command.ts'
import { readBytes } from '../files.ts'
import { printable } from '../style.ts'
import { usageError } from '../usage.ts'

/** How the bytes of a message are written down. */
export type InputFormat = 'auto' | 'hex' | 'base64' | 'raw'

/** Longest input that is read from standard input: 64 MiB. */
const maxBytes = 64 * 1024 * 1024

/**
 * The bytes of a message: `-` is standard input, a name of a file that is there is that file, anything else the bytes themselves.
 * @throws EvolveError `invalid-options`, `limit-exceeded`.
 */
export async function messageBytes(word: string, format: InputFormat, context: Pick<CommandContext, 'stdin' | 'cwd'>): Promise<Buffer> {
  if (word === '') throw usageError('MESSAGE is empty')
  if (word === '-') return bytesOfInput(await inputOf(context.stdin), format)
  const isFile = await stat(resolve(context.cwd, word)).then(
    (found) => found.isFile(),
    () => false,
  )
  if (isFile) return bytesOfInput(await readBytes('MESSAGE', word, context.cwd), format)
  const bytes = format === 'raw' ? undefined : bytesOfText(word, format)
  if (bytes !== undefined) return bytes
  const what = format === 'auto' ? 'neither hex nor base64, and no file is called so' : format === 'raw' ? 'not a file' : `not ${format}`
  throw usageError(`${printable(word.length > 40 ? `${word.slice(0, 40)}…` : word)} is ${what}`)
}

async function inputOf(stdin: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stdin) {
    length += chunk.length
    if (length > maxBytes) throw usageError(`standard input has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What a file or standard input holds: text that is bytes written down, or the bytes as they are. */
function bytesOfInput(bytes: Buffer, format: InputFormat): Buffer {
  if (format === 'raw') return bytes
  // Only text without anything else in it can be hex or base64, and a message is seldom just that.
  const text = bytes.length === 0 || bytes.some((byte) => byte > 0x7e || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13))
  const found = text ? undefined : bytesOfText(bytes.toString('latin1'), format)
  if (found !== undefined) return found
  if (format === 'auto') return bytes
  throw usageError(`the input is not ${format}`)
}

function bytesOfText(text: string, format: InputFormat): Buffer | undefined {
  const hex = format === 'base64' ? undefined : (dumpBytes(text) ?? hexBytes(text))
  if (hex !== undefined) return hex
  return format === 'hex' ? undefined : base64Bytes(text, format === 'auto')
}

/** Digits in pairs, with or without blanks, `0x`, `\x` and colons between them. */
function hexBytes(text: string): Buffer | undefined {
  const digits = text.replace(/0x|\\x|[\s:,]/gi, '')
  return digits.length > 0 && digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined
}

/** A line of `xxd` (`00000010: 6f72 6465  orde`) or of `hexdump -C` (`00000010  6f 72 64 65  |orde|`). */
const dumpLine = /^\s*([0-9a-f]{7,16})(?:: | {2})((?:[0-9a-f]{2,4} {0,2})*[0-9a-f]{2,4})(?: {2,}.*)?\s*$/i

/** A line of `hexdump` or `od -x` without more options (`0000000 0000 0000 0a03`): words of two bytes, the second byte first. */
const swappedLine = /^\s*[0-9a-f]{7}(?: +[0-9a-f]{4})+\s*$/i

function dumpBytes(text: string): Buffer | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > 1 && lines.slice(0, -1).every((line) => swappedLine.test(line)) && /^\s*[0-9a-f]{7}\s*$/i.test(lines.at(-1) ?? ''))
    throw usageError('the bytes are in pairs, each the wrong way round, as hexdump and od -x print them', 'use xxd, or hexdump -C')
  const chunks: Buffer[] = []
  let length = 0
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1
    if (isLast && index > 0 && new RegExp(`^\\s*0*${length.toString(16)}\\s*$`, 'i').test(line)) break
    const [, offset = '', digits = ''] = dumpLine.exec(line) ?? []
    // The offset of each line must be where the one before ended: else it is something else.
    if (offset === '' || Number.parseInt(offset, 16) !== length) return undefined
    const bytes = Buffer.from(digits.replaceAll(' ', ''), 'hex')
    length += bytes.length
    chunks.push(bytes)
  }
  return chunks.length === 0 ? undefined : Buffer.concat(chunks)
}

/** Where the format was not stated, only what begins like a message: plain words may be base64, too. */
function base64Bytes(text: string, isGuess: boolean): Buffer | undefined {
  const letters = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  if (letters === '' || letters.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(letters)) return undefined
  const bytes = Buffer.from(letters, 'base64')
  const looksLikeMessage = bytes[0] === 0 || (bytes[0] === 0xc3 && bytes[1] === 1)
  return isGuess && !looksLikeMessage ? undefined : bytes
}
