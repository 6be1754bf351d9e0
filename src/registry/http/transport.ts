/** One request as it goes out: whole address, headers, body. */
export interface OutgoingRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body?: string | undefined
  /** Aborted when nobody waits for the answer any more: the connection is given up then. */
  readonly signal: AbortSignal
  /**
   * Whether it may be sent twice without harm: a kept connection that turns out to be closed is then replaced without a word. Otherwise it goes on a connection of
   * its own, as of one that breaks nobody could say whether the request has arrived.
   */
  readonly repeatable: boolean
}

/** What comes back. A `Response` is one. */
export interface IncomingAnswer {
  readonly status: number
  readonly headers: Headers
  /** As it was before it was compressed for the way. */
  readonly body: AsyncIterable<Uint8Array> | null
}

/** How requests reach a registry: the seam at which a `fetch` of the user's, or a test, takes the place of Node's HTTP client. */
export interface Transport {
  /** Follows no redirect: credentials and schemas go where the options say and nowhere else. Rejects with whatever went wrong below HTTP. */
  send(request: OutgoingRequest): Promise<IncomingAnswer>
  /** Closes idle connections. */
  close(): void
}

/** A transport over a function like Node's `fetch`. */
export function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return {
    send: async ({ url, method, headers, body, signal }) => {
      const response = await fetch(url, { method, headers, signal, redirect: 'manual', ...(body === undefined ? {} : { body }) })
      return { status: response.status, headers: response.headers, body: response.body as AsyncIterable<Uint8Array> | null }
    },
    close: () => undefined,
  }
}
