import { Console } from 'node:console'

/**
 * Loads a module of the user's in this process as a guest: it may neither end the program, which would make a green gate of a check that never came to its verdict,
 * nor write into its answer (what it prints goes to standard error), nor keep it waiting.
 * @param longestMs milliseconds that it may take to load: one that waits for a broker when it is loaded would never end.
 * @throws Error what loading throws; for one that ends the process or does not end itself, that.
 */
export async function asGuest<T>(load: () => Promise<T>, longestMs = 30_000): Promise<T> {
  const { exit, stdout, stderr } = process
  const { write } = stdout
  // For good: it may go on printing when it has been loaded.
  globalThis.console = new Console(stderr, stderr)
  stdout.write = stderr.write.bind(stderr) as typeof write
  process.exit = (code) => {
    throw new Error(`it ends the process (process.exit(${code ?? ''}))`)
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not loaded after ${longestMs / 1_000} s: does it wait for something?`)), longestMs)
  })
  try {
    return await Promise.race([load(), late])
  } finally {
    clearTimeout(timer)
    process.exit = exit
    stdout.write = write
  }
}
