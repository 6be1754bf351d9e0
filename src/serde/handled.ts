import { AsyncLocalStorage } from 'node:async_hooks'
import { unknownFields } from '../codec/codec.ts'

/** Full names of the records, with unknown fields, that the handler now running was given. */
const handled = new AsyncLocalStorage<ReadonlySet<string>>()

/**
 * Runs a handler that knows what it was given: where a topic is `strict`, a record made anew beside one of the same name that carries unknown
 * fields is taken for that one rebuilt without them.
 */
export function handling<T>(values: Iterable<unknown>, handler: () => T): T {
  const names = new Set<string>()
  for (const value of values) {
    const name = recordNameOf(value)
    if (name !== undefined) names.add(name)
  }
  return handled.run(names, handler)
}

/** Whether the handler now running was given a record of this name that carries unknown fields. */
export function wasHandled(recordName: string): boolean {
  return handled.getStore()?.has(recordName) === true
}

function recordNameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { readonly [unknownFields]?: { readonly recordName: string } })[unknownFields]?.recordName
}
