/** Where a server logs: what it uses of a pino. Schema texts and credentials are never logged. */
export interface ServerLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Tells a listener. One that fails must not take the server down. */
export function told(tell: () => void): void {
  try {
    tell()
  } catch {
    // Nobody is left to be told.
  }
}
