import { describe, expect, it } from 'vitest'
import { both, compose, type Middleware, recovering, whenReady } from './compose.ts'

describe('compose', () => {
  it('puts the first middleware outermost, and stays synchronous', () => {
    const around =
      (name: string): Middleware<string, string> =>
      (next) =>
      (message) =>
        whenReady(next(`${message}>${name}`), (result) => `${result}<${name}`)
    expect(compose([around('a'), around('b')], (message) => `[${message}]`)('m')).toBe('[m>a>b]<b<a')
    expect(compose<string, string>([], (message) => message)('m')).toBe('m')
  })

  it('waits where the core does', async () => {
    const result = compose<string, string>(
      [(next) => (message) => whenReady(next(message), (done) => `${done}!`)],
      async (message) => message,
    )('m')
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe('m!')
  })
})

describe('both', () => {
  const pair = (a: number, b: number): number[] => [a, b]
  const fails = (): never => {
    throw new Error('second')
  }

  it('waits only for what has to be waited for', async () => {
    expect(
      both(
        () => 1,
        () => 2,
        pair,
      ),
    ).toEqual([1, 2])
    expect(
      await both(
        () => Promise.resolve(1),
        () => 2,
        pair,
      ),
    ).toEqual([1, 2])
    expect(
      await both(
        () => 1,
        () => Promise.resolve(2),
        pair,
      ),
    ).toEqual([1, 2])
  })

  it('throws at once when nothing is waited for', () => {
    expect(() => both(() => 1, fails, pair)).toThrow('second')
    expect(() => both(fails, () => 1, pair)).toThrow('second')
  })

  it('leaves no rejection unheard', async () => {
    await expect(both(() => Promise.reject(new Error('first')), fails, pair)).rejects.toThrow('first')
    await expect(both(() => Promise.resolve(1), fails, pair)).rejects.toThrow('second')
  })
})

describe('recovering', () => {
  const thrown = (): never => {
    throw new Error('x')
  }
  it.each([
    ['thrown', thrown],
    ['rejected', () => Promise.reject(new Error('x'))],
  ])('is given an error that was %s', async (_how, next) => {
    expect(await recovering<string, string>(next, (error, message) => `${message} ${(error as Error).message}`)('m')).toBe('m x')
  })
  it('does not touch results', async () => {
    expect(recovering<string, string>((message) => message, thrown)('m')).toBe('m')
    expect(await recovering<string, string>(async (message) => message, thrown)('m')).toBe('m')
  })
})
