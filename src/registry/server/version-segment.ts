import { isVersion } from '../checks.ts'
import { type Reply, refuse } from './reply.ts'

/** The version that a segment of a path names, or `undefined` when it names none. */
export function versionIn(segment: string): number | 'latest' | undefined {
  if (segment === 'latest' || segment === '-1') return 'latest'
  const number = /^\d{1,10}$/.test(segment) ? Number(segment) : undefined
  return isVersion(number) ? number : undefined
}

/** The refusal of a segment that names no version. */
export function notAVersion(segment = ''): Reply {
  const allowed = 'Allowed values are between [1, 2^31-1] and the string "latest"'
  return refuse(422, `The specified version '${segment}' is not a valid version id. ${allowed}`, 42202)
}
