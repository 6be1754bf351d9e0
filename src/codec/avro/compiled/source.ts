const MOST_LINES = 20_000

/**
 * Text of a function in the making. Names, defaults and other data of a schema reach it as constants (`k0`, `k1` …, passed
 * in as values) or as string literals made by {@link quote}: never as source.
 */
export class Source {
  readonly #lines: string[] = []
  readonly #constants: unknown[] = []
  readonly #known = new Map<unknown, string>()
  #names = 0

  /** Adds a line. A text of very many is not worth compiling: a small schema may use one record at a thousand places. */
  line(text: string): void {
    if (this.#lines.push(text) > MOST_LINES) throw new RangeError('the text is too long')
  }

  /** A new variable name. */
  fresh(prefix: string): string {
    return `${prefix}${this.#names++}`
  }

  /** Declares a variable and gives its name. */
  let(prefix: string, expression: string): string {
    const name = this.fresh(prefix)
    this.line(`let ${name} = ${expression};`)
    return name
  }

  /** Leaves the compiled code where a condition holds. */
  bailIf(condition: string): void {
    this.line(`if (${condition}) throw BAIL;`)
  }

  /** The name under which a value can be used in the text. */
  constant(value: unknown): string {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const name = `k${this.#constants.length}`
    this.#constants.push(value)
    this.#known.set(value, name)
    return name
  }

  /** Takes the lines written by `action` out, to be put elsewhere. */
  aside(action: () => void): string[] {
    const start = this.#lines.length
    action()
    return this.#lines.splice(start)
  }

  lines(lines: readonly string[]): void {
    this.#lines.push(...lines)
  }

  /**
   * The function that the text returns, or `undefined` where code may not be made from text
   * (`--disallow-code-generation-from-strings`, a content security policy).
   */
  build<T>(prelude: string, result: string): T | undefined {
    const names = this.#constants.map((_, index) => `k${index}`)
    const body = `'use strict';\n${prelude}\n${this.#lines.join('\n')}\nreturn ${result}`
    try {
      return new Function(...names, body)(...this.#constants) as T
    } catch (error) {
      if (error instanceof EvalError) return undefined
      throw error
    }
  }
}

/** What `compile` gives, or `undefined` where the text would be too long, or is nested too deep for the runtime. */
export function unlessTooLong<T>(compile: () => T | undefined): T | undefined {
  try {
    return compile()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A property name as text of a program. Names are letters, digits and underscores; all else would be escaped. */
export function quote(name: string): string {
  return JSON.stringify(name).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/**
 * What compiled code throws for anything out of the ordinary: the same is then done by walking the plan, which handles it
 * or says what is wrong and where. Not an Error: it has no stack to collect.
 */
export const bail: { readonly bail: true } = Object.freeze({ bail: true })
