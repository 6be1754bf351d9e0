import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { EvolveError } from '../../../errors.ts'

/** Cost of new hashes: 16 MiB and some 40 ms for each. */
const cost = { N: 16_384, r: 8, p: 1 }
const hashBytes = 32
const maxMemory = 64 * 1024 * 1024

/** A password as it is kept: `scrypt:N:r:p:salt:hash`, the last two in base64url. */
export interface PasswordHash {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly hash: Buffer
}

/** Hashes a password with a salt of its own, for `passwordHash` in the rules of access. */
export async function hashPassword(password: string): Promise<string> {
  if (typeof password !== 'string' || password === '') throw new EvolveError('invalid-options', 'the password is empty')
  const salt = randomBytes(16)
  const hash = await derive(password, { ...cost, salt }, hashBytes)
  return `scrypt:${cost.N}:${cost.r}:${cost.p}:${salt.toString('base64url')}:${hash.toString('base64url')}`
}

/** Takes a hash apart. `undefined` when it is none, or asks for more than 64 MiB of memory. */
export function readPasswordHash(text: string): PasswordHash | undefined {
  const match = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([\w-]{8,128}):([\w-]{22,128})$/.exec(text)
  if (match === null) return undefined
  const [, N = '', r = '', p = '', salt = '', hash = ''] = match
  const numbers = { N: Number(N), r: Number(r), p: Number(p) }
  const isPower = numbers.N > 1 && Number.isInteger(Math.log2(numbers.N))
  if (!isPower || numbers.r < 1 || numbers.p < 1 || numbers.p > 16 || 128 * numbers.N * numbers.r > maxMemory / 2) return undefined
  return { ...numbers, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') }
}

/** Whether the hash is of this password. Takes as long whether it is or not. */
export async function isPassword(password: string, known: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, known, known.hash.length), known.hash)
}

function derive(password: string, { N, r, p, salt }: Omit<PasswordHash, 'hash'>, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { N, r, p, maxmem: maxMemory }, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
