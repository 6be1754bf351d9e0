import type { KafkaMessage } from 'kafkajs'

/**
 * Gives the message the offset of the one before `offset`, for kafkajs to resolve when the handler is through. The result says whether anybody has read it
 * since: nobody has where kafkajs holds another message than this one, a copy made by a wrapper between. `undefined`: the message cannot be changed.
 */
export function putBack(message: KafkaMessage, offset: string): (() => boolean) | undefined {
  let held = String(BigInt(offset) - 1n)
  let isRead = false
  const isChanged = Reflect.defineProperty(message, 'offset', {
    get: () => {
      isRead = true
      return held
    },
    set: (next: string) => {
      held = next
    },
    enumerable: true,
    configurable: true,
  })
  return isChanged ? () => isRead : undefined
}
