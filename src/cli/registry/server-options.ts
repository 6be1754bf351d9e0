import { type CompatibilityLevel, compatibilityLevels } from '../../registry/compatibility/levels.ts'
import type { FlagOption, NumberOption, TextOption } from '../options.ts'

/** Levels of a log, quietest first, as pino names them. */
const logLevels: readonly string[] = ['silent', 'error', 'warn', 'info', 'debug']

/** The options of `kafka-evolve registry`. */
export const serverOptions: {
  readonly store: TextOption & { readonly default: string }
  readonly port: NumberOption & { readonly default: number }
  readonly host: TextOption & { readonly default: string }
  readonly compatibility: TextOption & { readonly default: CompatibilityLevel }
  readonly auth: TextOption
  readonly 'tls-cert': TextOption
  readonly 'tls-key': TextOption
  readonly 'tls-client-ca': TextOption
  readonly 'log-level': TextOption & { readonly default: string }
  readonly 'max-body': NumberOption & { readonly default: number }
  readonly grace: NumberOption & { readonly default: number }
  readonly 'hash-password': FlagOption
} = {
  store: {
    type: 'text',
    placeholder: 'STORE',
    help: 'Where the schemas are kept: memory, file:DIR, postgres://…, kafka:BROKER,BROKER?topic=NAME',
    env: ['KAFKA_EVOLVE_STORE'],
    default: 'memory',
  },
  port: { type: 'number', placeholder: 'PORT', help: 'Port to listen on; 0 is any that is free', max: 65_535, default: 8081 },
  host: { type: 'text', placeholder: 'ADDRESS', help: 'Address to listen on; 0.0.0.0 is all of this machine', default: '127.0.0.1' },
  compatibility: {
    type: 'text',
    placeholder: 'LEVEL',
    help: 'The level in force where the registry has none set',
    choices: compatibilityLevels,
    default: 'BACKWARD',
  },
  'max-body': { type: 'number', placeholder: 'BYTES', help: 'Longest body of a request', min: 1, max: 0x7fff_ffff, default: 1024 * 1024 },
  grace: {
    type: 'number',
    placeholder: 'SECONDS',
    help: 'How long requests under way may take when the server is stopped',
    max: 86_400,
    default: 10,
  },
  auth: { type: 'text', placeholder: 'FILE', help: 'Who may do what (JSON)', complete: 'file', group: 'Access' },
  'tls-cert': { type: 'text', placeholder: 'FILE', help: 'Certificate and those above it (PEM): HTTPS', complete: 'file', group: 'Access' },
  'tls-key': { type: 'text', placeholder: 'FILE', help: 'Its private key (PEM)', complete: 'file', group: 'Access' },
  'tls-client-ca': {
    type: 'text',
    placeholder: 'FILE',
    help: 'Roots (PEM) of which clients must show a certificate',
    complete: 'file',
    group: 'Access',
  },
  'hash-password': {
    type: 'flag',
    help: 'Start nothing: read a password from standard input and print its hash for the --auth file',
    group: 'Access',
  },
  'log-level': {
    type: 'text',
    placeholder: 'LEVEL',
    help: 'What is logged to standard error, as JSON lines; info has a line for each request',
    choices: logLevels,
    default: 'info',
  },
}
