import { describe, it } from 'vitest'
import { faultsOf } from './fault-cases.test-support.ts'
import { memoryRegistry } from './memory.ts'

describe('a registry in memory', () => {
  for (const { name, run } of faultsOf([])) it(name, () => run({ open: async () => memoryRegistry() }))
})
