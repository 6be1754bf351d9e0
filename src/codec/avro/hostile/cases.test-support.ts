import type { HostileCase } from './case.test-support.ts'
import { dataCases } from './data.test-support.ts'
import { resolvedCases } from './resolved.test-support.ts'
import { schemaCases } from './schemas.test-support.ts'
import { writtenCases } from './written.test-support.ts'

/** All hostile inputs, by what they are. */
export const tables: Readonly<Record<string, readonly HostileCase[]>> = {
  'bytes of one schema': dataCases,
  'bytes of two schemas': resolvedCases,
  values: writtenCases,
  'schemas and arguments': schemaCases,
}
