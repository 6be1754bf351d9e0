/** Handles a message; a promise only where something has to be waited for. */
export type Handler<Message, Result> = (message: Message) => Result | Promise<Result>

/** Wraps a handler: what it does before and after `next`, or instead of it. Called once, when the wrapper is made. */
export type Middleware<Message, Result> = (next: Handler<Message, Result>) => Handler<Message, Result>

/** The handler with all middleware around it; the first of the list is the outermost. */
export function compose<Message, Result>(
  middleware: readonly Middleware<Message, Result>[],
  core: Handler<Message, Result>,
): Handler<Message, Result> {
  return middleware.reduceRight((next, wrap) => wrap(next), core)
}

/** The result, mapped as soon as it is there: at once when it is there already. */
export function whenReady<A, B>(result: A | Promise<A>, map: (ready: A) => B | Promise<B>): B | Promise<B> {
  return result instanceof Promise ? result.then(map) : map(result)
}

/** Both results; a promise only where one of them is. Neither can reject unheard when the other throws. */
export function both<A, B, C>(first: () => A | Promise<A>, second: () => B | Promise<B>, combine: (a: A, b: B) => C): C | Promise<C> {
  const a = first()
  let b: B | Promise<B>
  try {
    b = second()
  } catch (error) {
    if (!(a instanceof Promise)) throw error
    b = Promise.reject(error)
  }
  if (a instanceof Promise || b instanceof Promise) return Promise.all([a, b]).then(([readyA, readyB]) => combine(readyA, readyB))
  return combine(a, b)
}

/** The handler with its errors given to `recover`, thrown or rejected. */
export function recovering<Message, Result>(
  next: Handler<Message, Result>,
  recover: (error: unknown, message: Message) => Result | Promise<Result>,
): Handler<Message, Result> {
  return (message) => {
    try {
      const result = next(message)
      return result instanceof Promise ? result.catch((error: unknown) => recover(error, message)) : result
    } catch (error) {
      return recover(error, message)
    }
  }
}
