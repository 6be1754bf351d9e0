import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface DemoOptions {
  /** Orders that flow through the rolling upgrade of act 5. */
  readonly messages: number
  /** One JSON object on stdout in place of the story. */
  readonly json: boolean
}

/** What the command line turned out to be. */
export type CommandLine =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }

/** Orders of the rolling upgrade unless `--messages` says otherwise. */
export const defaultMessages = 20_000
/** Fewer would leave some stages of the upgrade without a message. */
export const fewestMessages = 60
const mostMessages = 1_000_000

/** The text of `--help`. */
export const helpText: string = `Usage: npm run demo [-- options]

An old service republishes the messages of a newer one on a real Kafka, and nothing is lost.

Options
  --messages N   orders that flow during the rolling upgrade (default ${defaultMessages}, at least ${fewestMessages})
  --json         print the result as one JSON object (use "npm run -s demo -- --json"); progress goes to stderr
  -h, --help     this text

Environment
  KAFKA_BROKERS  host:port,… of a Kafka that is running already; the demo removes its topics and groups afterwards
  NO_COLOR       no colour;  FORCE_COLOR=1  colour even through a pipe

Exit code: 0 nothing was lost, 1 something was lost or failed, 2 wrong usage, 130 or 143 interrupted.
`

/** Reads the arguments after the script's name. Never throws. */
export function readCommandLine(args: readonly string[]): CommandLine {
  let values: { messages?: string; json?: boolean; help?: boolean }
  try {
    values = parseArgs({
      args: [...args],
      options: { messages: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    // parseArgs explains "--" at length after the first sentence; nobody needs that here
    return { kind: 'wrong', problem: (error instanceof Error ? error.message : String(error)).split('. ')[0] ?? 'wrong arguments' }
  }
  if (values.help === true) return { kind: 'help' }
  const messages = values.messages === undefined ? defaultMessages : Number(values.messages)
  if (!/^\d+$/.test(values.messages ?? '0') || messages < fewestMessages || messages > mostMessages) {
    return { kind: 'wrong', problem: `--messages takes a whole number from ${fewestMessages} to ${mostMessages}, not '${values.messages}'` }
  }
  return { kind: 'run', options: { messages, json: values.json === true } }
}
