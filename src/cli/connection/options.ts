import type { CommandContext } from '../command.ts'
import type { NumberOption, OptionValues, TextOption } from '../options.ts'

/** How to reach a registry: the options of every command that talks to one. */
export const connectionOptions: {
  readonly registry: TextOption
  readonly auth: TextOption
  readonly 'token-file': TextOption
  readonly ca: TextOption
  readonly 'client-cert': TextOption
  readonly 'client-key': TextOption
  readonly timeout: NumberOption & { readonly default: number }
} = {
  registry: {
    type: 'text',
    placeholder: 'URL[,URL]',
    help: 'The registry: http(s) addresses of one and the same, or file:DIR to read the folder of a file store',
    env: ['KAFKA_EVOLVE_REGISTRY', 'SCHEMA_REGISTRY_URL'],
    group: 'Registry',
  },
  auth: {
    type: 'text',
    placeholder: 'USER:PASSWORD',
    help: 'Basic authentication; other users of this machine see arguments, so better in the environment',
    env: ['KAFKA_EVOLVE_REGISTRY_AUTH'],
    group: 'Registry',
  },
  'token-file': {
    type: 'text',
    placeholder: 'FILE',
    help: 'A file with a bearer token',
    env: ['KAFKA_EVOLVE_REGISTRY_TOKEN_FILE'],
    complete: 'file',
    group: 'Registry',
  },
  ca: {
    type: 'text',
    placeholder: 'FILE',
    help: 'Certificates (PEM) to trust besides those of Node',
    env: ['KAFKA_EVOLVE_REGISTRY_CA'],
    complete: 'file',
    group: 'Registry',
  },
  'client-cert': {
    type: 'text',
    placeholder: 'FILE',
    help: "This client's certificate (PEM), where the registry asks for one",
    complete: 'file',
    group: 'Registry',
  },
  'client-key': { type: 'text', placeholder: 'FILE', help: 'The key to it (PEM)', complete: 'file', group: 'Registry' },
  timeout: {
    type: 'number',
    placeholder: 'MS',
    help: 'Longest wait for one answer, in milliseconds',
    min: 1,
    max: 600_000,
    default: 5000,
    group: 'Registry',
  },
}

/** What opening a registry needs of a command's context. */
export type ConnectionContext = Pick<CommandContext, 'cwd'> & { readonly options: OptionValues<typeof connectionOptions> }
