import { inspect } from 'node:util'
import { isEvolveError } from '../../../errors.ts'
import { choicesOf } from '../choices.ts'
import { AvroResolution } from '../resolution.ts'
import { compiledCases } from './cases.test-support.ts'

/** What reading each message of each case gives, and writing it back edited and not: as text. `walked` as for the pair. */
export function caseOutcomes(walked: number): string[] {
  return compiledCases.flatMap(({ name, writer, reader, messages }) => {
    const resolution = new AvroResolution(writer, reader, choicesOf(), walked)
    if (walked === 0) resolution.warmUp()
    return messages.flatMap((hex) => {
      const read = outcomeOf(() => resolution.decode(Buffer.from(hex, 'hex')))
      if (read.startsWith('[')) return [`${name}: ${hex} reads ${read}`]
      const value = resolution.decode(Buffer.from(hex, 'hex'))
      const fresh = JSON.parse(JSON.stringify(value)) as unknown
      return [
        `${name}: ${hex} reads ${read}`,
        `  as it is ${outcomeOf(() => resolution.encode(value))}`,
        `  copied ${outcomeOf(() => resolution.encode(copied(value)))}`,
        `  made anew ${outcomeOf(() => resolution.encode(fresh))}`,
      ]
    })
  })
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice().reverse()
  return typeof value === 'object' && value !== null ? { ...value } : value
}

/** A result or an error, as text. */
export function outcomeOf(action: () => unknown): string {
  try {
    const result = action()
    return inspect(Buffer.isBuffer(result) ? result.toString('hex') : result, {
      depth: 30,
      maxArrayLength: 1000,
      maxStringLength: 100_000,
      breakLength: 200,
    })
  } catch (error) {
    if (isEvolveError(error)) return error.message
    throw error
  }
}
