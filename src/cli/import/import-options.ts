import { registryModes } from '../../registry/settings/mode.ts'
import { connectionOptions } from '../connection/options.ts'
import type { FlagOption, NumberOption, TextOption } from '../options.ts'

const side = (what: string, variable: string): { readonly auth: TextOption; readonly token: TextOption } => ({
  auth: {
    type: 'text',
    placeholder: 'USER:PASSWORD',
    help: `Basic authentication at the ${what}; better in the environment`,
    env: [`KAFKA_EVOLVE_${variable}_AUTH`],
    group: 'Registry',
  },
  token: {
    type: 'text',
    placeholder: 'FILE',
    help: `A file with a bearer token for the ${what}`,
    env: [`KAFKA_EVOLVE_${variable}_TOKEN_FILE`],
    complete: 'file',
    group: 'Registry',
  },
})
const source = side('source', 'FROM')
const target = side('target', 'TO')

/** The options of `kafka-evolve import`. */
export const importOptions: {
  readonly from: TextOption
  readonly to: TextOption
  readonly 'dry-run': FlagOption
  readonly 'mode-after': TextOption
  readonly 'from-auth': TextOption
  readonly 'from-token-file': TextOption
  readonly 'to-auth': TextOption
  readonly 'to-token-file': TextOption
  readonly ca: TextOption
  readonly timeout: NumberOption & { readonly default: number }
} = {
  from: {
    type: 'text',
    placeholder: 'SOURCE',
    help: 'Where the schemas are: a registry (http…), file:DIR, a dump of the _schemas topic (FILE.jsonl), or that topic itself (kafka:BROKER,BROKER?topic=_schemas)',
    complete: 'file',
  },
  to: {
    type: 'text',
    placeholder: 'TARGET',
    help: 'Where they go: a registry (http…), or the store of a server that is not running (as --store of registry)',
  },
  'dry-run': { type: 'flag', help: 'Compare and tell, change nothing' },
  'mode-after': {
    type: 'text',
    placeholder: 'MODE',
    help: 'The mode of the target afterwards (default: the one it has)',
    choices: registryModes,
  },
  'from-auth': source.auth,
  'from-token-file': source.token,
  'to-auth': target.auth,
  'to-token-file': target.token,
  ca: connectionOptions.ca,
  timeout: connectionOptions.timeout,
}
