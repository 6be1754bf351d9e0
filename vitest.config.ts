import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Tests run against the sources; the package's own name resolves to them, as it does to `dist` for a user. */
const alias = [
  { find: /^kafka-evolve$/, replacement: at('./src/index.ts') },
  { find: /^kafka-evolve\/avro$/, replacement: at('./src/avro.ts') },
  { find: /^kafka-evolve\/kafkajs$/, replacement: at('./src/adapters/kafkajs/index.ts') },
  { find: /^kafka-evolve\/(registry|broker|testing)$/, replacement: `${at('./src')}/$1/index.ts` },
]

/** For a machine that is slow, or busy with other things: limits end what hangs, and say nothing about how long anything takes. */
const patient = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } }

const config: ViteUserConfig = defineConfig({
  resolve: { alias },
  test: {
    projects: [
      { extends: true, test: { ...patient, name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: { enabled: true, only: true, include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
        },
      },
      {
        extends: true,
        test: {
          ...patient,
          name: 'integration',
          include: ['integration-test/**/*.test.ts'],
          globalSetup: ['integration-test/setup/global.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

export default config
