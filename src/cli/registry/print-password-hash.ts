import { hashPassword } from '../../registry/server/access/password.ts'
import type { World } from '../command.ts'
import { usageError } from '../usage.ts'

const maxBytes = 4_096

/** Reads a password from standard input, up to the end of its line, and prints what stands for it in a file of rules. */
export async function printPasswordHash({ stdin, stdout }: World, json: boolean): Promise<void> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stdin) {
    length += chunk.length
    if (length > maxBytes) throw usageError(`a password has at most ${maxBytes} bytes`)
    chunks.push(chunk)
    // Somebody types it: the line is all there is.
    if (chunk.includes(10)) break
  }
  const [password = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)
  if (password === '') throw usageError('standard input holds no password')
  const passwordHash = await hashPassword(password)
  stdout.write(json ? `${JSON.stringify({ passwordHash })}\n` : `${passwordHash}\n`)
}
