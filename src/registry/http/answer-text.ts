import { type ErrorDetails, EvolveError } from '../../errors.ts'

const longestMessage = 2_000

/** `error_code` and `message` of an answer, where it is one of a registry. What a proxy or a web server writes instead is not repeated. */
export function errorParts(text: string): { readonly registryCode?: number; readonly message?: string } {
  try {
    const json = JSON.parse(text) as { readonly error_code?: unknown; readonly message?: unknown } | null
    const { error_code: code, message } = json ?? {}
    return { ...(Number.isInteger(code) ? { registryCode: code as number } : {}), ...(typeof message === 'string' ? { message } : {}) }
  } catch {
    return {}
  }
}

/** The error for an answer of something that is no registry: a path that is wrong, a server that is another one. */
export function notJson(base: string, question: string, status: number, text: string, details: ErrorDetails): EvolveError {
  const what = /^\s*</.test(text) ? 'a web page' : text === '' ? 'nothing' : 'something that is not the JSON of a registry'
  const problem = `${base} answered ${question} with status ${status} and ${what}`
  const hint = 'is the url that of a schema registry, with its whole path?'
  return new EvolveError('registry-bad-answer', problem, { ...details, status, hint })
}

/** One line without control characters, at most 2,000 long. */
export function readable(message: string): string {
  return message.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, longestMessage)
}
