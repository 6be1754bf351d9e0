import type { FromService, Methods, Settings, ToService } from '../stage/protocol.ts'

/** What a service makes of its settings: what it can be asked, and how it closes what it opened. */
export interface Service<Api> {
  readonly methods: Api
  close(): Promise<void>
}

/** Reports something that no call is waiting for, such as a consumer that died. */
export type Alarm = (error: unknown) => void

/**
 * Makes this process a service of the demo: opens it when the settings come, answers calls, closes and exits when told to, and exits
 * when the main process is gone, however it went.
 */
export function serve<Api extends Methods<Api>>(open: (settings: Settings, alarm: Alarm) => Promise<Service<Api>>): void {
  let opened: Promise<Service<Api>> | undefined
  const alarm: Alarm = (error) => tell({ kind: 'trouble', problem: problemOf(error) })

  process.on('message', (message: ToService) => {
    if (message.kind === 'begin') {
      opened = open(message.settings, alarm)
      opened.catch(alarm)
    } else if (message.kind === 'stop') {
      void close(opened)
    } else {
      void answer(opened, message.id, message.method, message.argument)
    }
  })
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C reaches the whole process group; the main process tells its services what to do about it
  process.on('SIGINT', () => undefined)
  process.on('uncaughtException', (error) => {
    alarm(error)
    void close(opened)
  })
}

async function answer<Api>(opened: Promise<Service<Api>> | undefined, id: number, method: string, argument: unknown): Promise<void> {
  try {
    const { methods } = await (opened ?? Promise.reject(new Error('not begun')))
    const run = methods[method as keyof Api] as (argument: unknown) => Promise<unknown>
    tell({ kind: 'answer', id, result: await run(argument) })
  } catch (error) {
    tell({ kind: 'refusal', id, problem: problemOf(error) })
  }
}

async function close(opened: Promise<Service<unknown>> | undefined): Promise<void> {
  try {
    await (await opened)?.close()
  } catch {
    // what cannot be closed any more ends with the process
  }
  process.exit(0)
}

function tell(message: FromService): void {
  if (process.connected) process.send?.(message, () => undefined)
}

/** The error's words, with those of its cause where they say more. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause.message : ''
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message} (${cause})`
}
