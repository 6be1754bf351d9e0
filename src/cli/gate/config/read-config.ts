import { readFile } from 'node:fs/promises'
import { posix, relative, resolve, sep } from 'node:path'
import { compatibilityLevels } from '../../../registry/compatibility/levels.ts'
import { parseExactJson } from '../../../schema/json.ts'
import { unreadable } from '../../files.ts'
import { nearest } from '../../nearest.ts'
import { usageError } from '../../usage.ts'
import { parseJsonTree } from '../places/json-tree.ts'
import { placeOf } from '../places/places.ts'
import { type GateConfig, lintSeverities, noConfig, subjectStrategies } from './gate-config.ts'

/** The file that is read where none is named. */
export const configName = 'kafka-evolve.json'

const members = ['$schema', 'schemas', 'exclude', 'against', 'registry', 'strategy', 'level', 'levels', 'subjects', 'lint'] as const

/**
 * Reads `kafka-evolve.json` of the folder, if there is one, or the file that is named, which must be there. Comments are allowed.
 * @throws EvolveError `invalid-options` that names the file and the member at fault.
 */
export async function readConfig(cwd: string, named: string | undefined): Promise<GateConfig> {
  const file = named ?? configName
  const path = resolve(cwd, file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && named === undefined) return noConfig
    throw unreadable(named === undefined ? 'the settings' : '--config', file, error)
  }
  const folder = relative(cwd, resolve(path, '..')).split(sep).join('/')
  return new Reader(file, folder).config(jsonOf(file, text))
}

function jsonOf(file: string, text: string): unknown {
  const tree = parseJsonTree(text)
  if ('root' in tree) return parseExactJson(text.replace(/^\uFEFF/, ''))
  const { line, column } = placeOf(file, text, { start: tree.fault.offset, length: 1 })
  throw usageError(`${file}:${line}:${column} is not JSON: ${tree.fault.problem}`)
}

class Reader {
  readonly #file: string
  readonly #folder: string

  constructor(file: string, folder: string) {
    this.#file = file
    this.#folder = folder
  }

  config(json: unknown): GateConfig {
    const config = this.#object(json, 'the file')
    for (const member of Object.keys(config)) this.#known(member, members, 'member')
    const { against, registry } = config
    return {
      schemas: this.#texts(config['schemas'], 'schemas').map((path) => this.#path(path)),
      exclude: this.#texts(config['exclude'], 'exclude').map((path) => this.#path(path)),
      against: against === undefined ? undefined : this.#text(against, 'against'),
      registry: registry === undefined ? undefined : this.#text(registry, 'registry'),
      strategy: config['strategy'] === undefined ? undefined : this.#known(config['strategy'], subjectStrategies, 'strategy'),
      level: config['level'] === undefined ? undefined : this.#known(config['level'], compatibilityLevels, 'level'),
      levels: Object.entries(this.#object(config['levels'] ?? {}, 'levels')).map(
        ([pattern, level]) => [pattern, this.#known(level, compatibilityLevels, `level of ${pattern}`)] as const,
      ),
      subjects: new Map(
        Object.entries(this.#object(config['subjects'] ?? {}, 'subjects')).map(([subject, key]) => [
          subject,
          this.#path(this.#text(key, `schema of ${subject}`)),
        ]),
      ),
      lint: new Map(
        Object.entries(this.#object(config['lint'] ?? {}, 'lint')).map(([rule, severity]) => [
          rule,
          this.#known(severity, lintSeverities, `severity of ${rule}`),
        ]),
      ),
    }
  }

  /** A path of the file as the program sees it. */
  #path(path: string): string {
    return posix.join(this.#folder, path)
  }

  #object(json: unknown, what: string): Readonly<Record<string, unknown>> {
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Readonly<Record<string, unknown>>
    throw usageError(`${this.#file}: ${what} is not an object`)
  }

  #text(json: unknown, what: string): string {
    if (typeof json === 'string' && json !== '') return json
    throw usageError(`${this.#file}: ${what} is not a text`)
  }

  #texts(json: unknown, what: string): readonly string[] {
    if (json === undefined) return []
    if (Array.isArray(json)) return json.map((one: unknown) => this.#text(one, `an item of ${what}`))
    return [this.#text(json, what)]
  }

  #known<const T extends string>(value: unknown, choices: readonly T[], what: string): T {
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    const near = typeof value === 'string' ? nearest(value, choices) : undefined
    throw usageError(
      `${this.#file}: ${JSON.stringify(value)} is no ${what}`,
      near === undefined ? `one of ${choices.join(', ')}` : `did you mean ${near}?`,
    )
  }
}
