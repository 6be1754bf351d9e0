/** A PostgreSQL server that tests started. */
export interface PostgresServer {
  readonly url: string
  /** Ends it at once, as a crash would; connections break, and the next start recovers. */
  kill(): Promise<void>
  /** Starts it again after {@link PostgresServer.kill}, at the same place with the same data. */
  start(): Promise<void>
  /** Ends it and removes what it had. */
  stop(): Promise<void>
}
