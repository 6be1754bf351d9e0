import { once } from 'node:events'
import { type Logger, pino } from 'pino'
import { isEvolveError } from '../../errors.ts'
import { isCompatibilityLevel } from '../../registry/compatibility/levels.ts'
import { type RegistryServer, serveRegistry } from '../../registry/server/serve.ts'
import { type CommandContext, exitCodes } from '../command.ts'
import { reportError } from '../report-error.ts'
import { usageError } from '../usage.ts'
import { npxLauncher } from './npx-launcher.ts'
import { openStore } from './open-store.ts'
import { printPasswordHash } from './print-password-hash.ts'
import { checkFiles, readAuth, readTls, type ServerFiles } from './server-files.ts'
import type { serverOptions } from './server-options.ts'
import { storeAddress } from './store-address.ts'

type Context = CommandContext<typeof serverOptions>

/** Exit code of a server that could not start, or not stop in good order. */
const failed = 1
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

/** Serves until it is told to stop. @returns the exit code. @throws EvolveError `invalid-options` for wrong usage. */
export async function runServer(context: Context): Promise<number> {
  if (context.options['hash-password']) {
    await printPasswordHash(context, context.json)
    return exitCodes.ok
  }
  try {
    return await serve(context)
  } catch (error) {
    if (isEvolveError(error) && error.code === 'invalid-options') throw error
    reportError(error, context, { json: context.json, debug: false, style: context.errorStyle })
    return failed
  }
}

async function serve(context: Context): Promise<number> {
  const { options, stderr } = context
  const files: ServerFiles = {
    auth: options.auth,
    cert: options['tls-cert'],
    key: options['tls-key'],
    clientCa: options['tls-client-ca'],
  }
  checkFiles(files)
  const level = options.compatibility
  if (!isCompatibilityLevel(level)) throw usageError('--compatibility is no level')
  const address = storeAddress(options.store)
  const [auth, tls] = [await readAuth(files), await readTls(files)]
  const logger = pino({ name: 'kafka-evolve', level: options['log-level'] }, stderr)
  // Until then a signal ends the process as ever: a store that does not answer is waited for, and there is nothing to end in good order yet.
  const { registry, name: store } = await openStore(address, { level, env: context.env, logger })
  const stop = context.stopSignal()
  const launcher = npxLauncher()
  try {
    const server = await serveRegistry({
      registry,
      port: options.port,
      host: options.host,
      logger,
      maxBodyBytes: options['max-body'],
      graceMs: options.grace * 1_000,
      ...(auth === undefined ? {} : { auth }),
      ...(tls === undefined ? {} : { tls }),
    })
    await untilStopped(context, { server, store, files, logger, stop, launcher })
  } finally {
    await registry.close()
  }
  return exitCodes.ok
}

interface Running {
  readonly server: RegistryServer
  /** What it is, without credentials. */
  readonly store: string
  readonly files: ServerFiles
  readonly logger: Logger
  readonly stop: AbortSignal
  /** Tells when npx is gone, where that started this process. */
  readonly launcher: ReturnType<typeof npxLauncher>
}

async function untilStopped(context: Context, { server, store, files, logger, stop, launcher }: Running): Promise<void> {
  const { json, stdout, options } = context
  stdout.write(json ? `${JSON.stringify({ url: server.url, store, pid: process.pid })}\n` : `${server.url}\n`)
  logger.info({ url: server.url, store }, 'the registry is up')
  if (store === 'memory') logger.warn('nothing is kept when this registry stops: give --store')
  if (files.auth === undefined && !loopback.has(options.host)) logger.warn('whoever reaches this registry may change it: give --auth')
  context.onHangup?.(() => void reload(server, files, logger))
  if (!stop.aborted) await Promise.race([once(stop, 'abort'), ...(launcher === undefined ? [] : [launcher(stop)])])
  logger.info('the registry stops')
  await server.close()
}

async function reload(server: RegistryServer, files: ServerFiles, logger: Logger): Promise<void> {
  try {
    const [auth, tls] = [await readAuth(files), await readTls(files)]
    if (auth !== undefined) server.setAuth(auth)
    if (tls !== undefined) server.setTls(tls)
    logger.info('the files were read again')
  } catch (error) {
    logger.error({ err: error }, 'the files were not taken: what held before still holds')
  }
}
