import { expect, it } from 'vitest'
import { loadPackage } from './optional.ts'

const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })

it.each([
  [missing, 'reading needs the package lz, which is not installed'],
  [new Error('no native build was found'), 'reading needs the package lz, which cannot be loaded'],
])('names the package that a codec needs: %o', async (cause, problem) => {
  await expect(loadPackage('lz', 'reading', () => Promise.reject(cause))).rejects.toMatchObject({
    code: 'missing-prerequisite',
    problem,
    details: { hint: 'npm install lz' },
    cause,
  })
})

it('gives what it loads', async () => {
  expect(await loadPackage('lz', 'reading', async () => 5)).toBe(5)
})
