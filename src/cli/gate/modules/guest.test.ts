import { afterAll, expect, it } from 'vitest'
import { asGuest } from './guest.ts'

const { console: own } = globalThis
afterAll(() => {
  globalThis.console = own
})

it('waits for a module only so long, and leaves the process as it was', async () => {
  const { exit } = process
  const { write } = process.stdout
  await expect(asGuest(() => new Promise(() => undefined), 5)).rejects.toThrow(
    'it is not loaded after 0.005 s: does it wait for something?',
  )
  expect(await asGuest(async () => 'exports')).toBe('exports')
  expect([process.exit, process.stdout.write]).toEqual([exit, write])
})
