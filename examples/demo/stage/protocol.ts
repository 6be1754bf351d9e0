/** Where a service finds the world; the first message that it gets. */
export interface Settings {
  readonly brokers: readonly string[]
  readonly registryUrl: string
  /** Name of the process in the story and towards the broker. */
  readonly name: string
  /** In front of every topic and consumer group of this run, so that two runs on one broker do not meet. */
  readonly run: string
}

/** What the demo's main process sends to a service. */
export type ToService =
  | { readonly kind: 'begin'; readonly settings: Settings }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly kind: 'stop' }

/** What a service sends back. */
export type FromService =
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly problem: string }
  /** Something went wrong that no call is waiting for, such as a consumer that died. */
  | { readonly kind: 'trouble'; readonly problem: string }

/** What a service can be asked: one argument in, a promise out, both plain data. */
export type Methods<Api> = { readonly [Name in keyof Api]: (argument: never) => Promise<unknown> }

/** The argument of a method. */
export type ArgumentOf<Method> = Method extends (argument: infer Argument) => unknown ? Argument : never
/** What a method promises. */
export type ResultOf<Method> = Method extends (argument: never) => Promise<infer Result> ? Result : never
