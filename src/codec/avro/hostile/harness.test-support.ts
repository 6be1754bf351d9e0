import { isEvolveError } from '../../../errors.ts'
import { compiled, type MakePair, walking } from '../laws/engine.test-support.ts'
import { field, type HostileCase, long, map, type Outcome, record, text } from './case.test-support.ts'

/** What came of one case. */
export interface Report {
  readonly name: string
  readonly outcome: Outcome
  /** CPU time of the process, in milliseconds. */
  readonly time: number
  /** What is wrong with it, if anything is. */
  readonly problems: readonly string[]
}

/** More than any case takes on a slow machine, far less than one without a bound: milliseconds of CPU time. */
export const MOST_TIME = 3000

/** What takes longer (milliseconds of CPU time) is run once. */
const REPEATED = 100

const ordinarySchema = record(
  'Ordinary',
  field('id', 'long'),
  field('name', 'string'),
  field('tags', map('int')),
  field('next', ['null', 'Ordinary']),
)
const ordinaryBytes = Buffer.concat([
  long(7),
  text('n'),
  long(1),
  text('t'),
  long(3),
  long(0),
  long(1),
  long(8),
  text('m'),
  long(0),
  long(0),
])
const ordinaryText = '{"id":7,"name":"n","tags":{"t":3},"next":{"id":8,"name":"m","tags":{},"next":null}}'
const ordinary = [compiled, walking].map((make) => make(ordinarySchema, ordinarySchema))

const prototypes = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Uint8Array.prototype,
  Buffer.prototype,
  Date.prototype,
]
const untouched = prototypes.map(shapeOf)

/** Runs a case twice, the second time with whatever the first has left behind; a message read after it must not notice. */
export async function run(one: HostileCase, make: MakePair): Promise<Report> {
  const before = process.cpuUsage()
  const first = await outcomeOf(one, make)
  const used = process.cpuUsage(before)
  const time = (used.user + used.system) / 1000
  const second = time > REPEATED ? first : await outcomeOf(one, make)
  const problems: string[] = []
  if (first.problem !== undefined) problems.push(first.problem)
  if (second.outcome !== first.outcome) problems.push(`${second.outcome} the second time`)
  if (first.outcome !== 'internal' && !one.outcomes.includes(first.outcome))
    problems.push(`${first.outcome}, not ${one.outcomes.join(' or ')}`)
  if (prototypes.some((prototype, index) => shapeOf(prototype) !== untouched[index])) problems.push('a prototype was changed')
  problems.push(...strayed())
  if (time > MOST_TIME) problems.push(`${Math.round(time)} ms`)
  return { name: one.name, outcome: first.outcome, time, problems }
}

async function outcomeOf(one: HostileCase, make: MakePair): Promise<{ readonly outcome: Outcome; readonly problem?: string }> {
  try {
    await one.prepare(make)()
    return { outcome: 'value' }
  } catch (error) {
    if (!isEvolveError(error)) return { outcome: 'internal', problem: `not an error of ours: ${describe(error)}` }
    if (error.code !== 'internal') return { outcome: error.code }
    return { outcome: 'internal', problem: `a defect: ${describe(error.cause)}` }
  }
}

/** What an ordinary message now reads as, where that is wrong. */
function strayed(): string[] {
  return ordinary.flatMap((pair) => {
    const value = pair.decode(ordinaryBytes)
    if (JSON.stringify(value) !== ordinaryText) return ['an ordinary message reads wrong afterwards']
    return pair.encode(value).equals(ordinaryBytes) ? [] : ['an ordinary message is written wrong afterwards']
  })
}

function shapeOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join(' ')
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
