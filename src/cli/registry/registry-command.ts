import { type Command, defineCommand } from '../command.ts'
import { serverOptions } from './server-options.ts'

/** `kafka-evolve registry`. */
export const registryCommand: Command = defineCommand({
  name: 'registry',
  summary: 'serve a schema registry, with the REST API of Confluent',
  description: `Serves a schema registry until it is stopped (SIGTERM, SIGINT). The first line on standard output is its URL; with --json it is one object with url, store and pid. All else goes to standard error.

SIGHUP reads the --auth and --tls files again. A file that is faulty then changes nothing, and is logged.

The URL of a PostgreSQL holds a password that others see in the list of processes: give it in KAFKA_EVOLVE_STORE. Kafka takes ?topic=, &replicationFactor=, &groupPrefix=, &ssl=true and &sasl=plain (or scram-sha-256, scram-sha-512), with KAFKA_EVOLVE_SASL_USERNAME and KAFKA_EVOLVE_SASL_PASSWORD from the environment.

Exit codes: 0 after a stop, 1 when it could not start, 2 for wrong usage.`,
  positionals: [],
  options: serverOptions,
  examples: [
    ['Try it, nothing is kept', 'registry --port 0'],
    ['Keep everything in a folder of this machine', 'registry --store file:/var/lib/schemas'],
    [
      'For other machines, with passwords and TLS',
      'registry --host 0.0.0.0 --store file:/var/lib/schemas --auth auth.json --tls-cert tls.crt --tls-key tls.key',
    ],
    ['A hash for the --auth file', 'registry --hash-password < password.txt'],
  ],
  // Its parts are many and load late: help and completion need none of them.
  run: async (context) => (await import('./run-server.ts')).runServer(context),
})
