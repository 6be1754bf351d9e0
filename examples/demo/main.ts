import { isEvolveError } from 'kafka-evolve'
import { helpText, readCommandLine } from './options.ts'
import { play } from './play.ts'
import { type Story, tellProgress, tellStory } from './print/story.ts'
import type { DemoResult } from './result.ts'
import { DemoFailure, Interrupted } from './stage/failure.ts'

const lost = 1
const wrongUsage = 2
const lingerMs = 2_000

process.exitCode = await main(process.argv.slice(2))
// everything is stopped by now; should a socket linger all the same, it does not keep the prompt from coming back
setTimeout(() => process.exit(), lingerMs).unref()

async function main(args: readonly string[]): Promise<number> {
  // a reader that has gone (`| head`) is no reason to die with a stack trace; a play that runs ends in good order, below
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const line = readCommandLine(args)
  if (line.kind === 'help') {
    process.stdout.write(helpText)
    return 0
  }
  if (line.kind === 'wrong') {
    process.stderr.write(`${line.problem}\n\n${helpText}`)
    return wrongUsage
  }
  const { json } = line.options
  const story = json ? tellProgress(process.stderr) : tellStory(process.stdout, process.env)
  const curtain = listenForSignals(story)
  try {
    const result = await play(line.options, story, curtain)
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
    else story.say(verdict(result), result.ok ? 'good' : 'bad')
    return result.ok ? 0 : lost
  } catch (error) {
    if (error instanceof Interrupted) {
      process.stderr.write(`${error.message}; everything is stopped\n`)
      return error.exitCode
    }
    const code = isEvolveError(error) ? error.code : undefined
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message: messageOf(error) } })}\n`)
    process.stderr.write(`\nThe demo stopped: ${messageOf(error)}\n`)
    return lost
  }
}

function verdict({ ok, audit, rolling, seconds }: DemoResult): string {
  const books = `${rolling.written.toLocaleString('en-US')} written, ${rolling.audited.toLocaleString('en-US')} audited`
  const outcome = `Rolling upgrade: ${books}, ${rolling.lost} lost, ${rolling.invented} invented.`
  if (ok) return `${outcome} Everything is stopped again, after ${seconds.toFixed(1)} s.`
  return `SOMETHING WAS LOST. Act 3: ${audit.lost} values lost. ${outcome}`
}

/** Ctrl-C, SIGTERM and a reader that has gone (`| head`) end the play in good order; a second Ctrl-C changes nothing. */
function listenForSignals(story: Story): AbortSignal {
  const curtain = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!curtain.signal.aborted) story.note(`${signal}: stopping everything`)
      curtain.abort(new Interrupted(signal))
    })
  }
  process.stdout.on('error', () => curtain.abort(new DemoFailure('nobody reads the output any more')))
  // kafkajs sets a timer in the past on newer Node versions; harmless, and no part of the story
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'TimeoutNegativeWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`)
  })
  return curtain.signal
}

/** Known failures in their own words; anything else is a defect, and shows where. */
function messageOf(error: unknown): string {
  if (error instanceof DemoFailure || isEvolveError(error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
