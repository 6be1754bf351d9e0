import type { SideSerde, TopicSerde } from '../serde/topics.ts'
import type { IncomingMessage } from '../transport/message.ts'

/** The schemas that a message needs and that are not known yet. */
export interface SchemaLookup {
  /** Their IDs: of the key, of the value, or of both. */
  readonly schemaIds: readonly number[]
  /** Looks them up; may be called again after a failure. @throws EvolveError of the registry, without the place. */
  run(): Promise<void>
}

/** What a message has to wait for before it is decoded; `undefined` when nothing. */
export type Lookup = (message: Pick<IncomingMessage, 'key' | 'value'>) => SchemaLookup | undefined

/** The look-up of a topic. What it gives keeps IDs alone, not the bytes of the message. */
export function lookupOf({ key, value }: TopicSerde): Lookup {
  return (message) => {
    const keyId = key?.deserializer.unknownId(message.key)
    const valueId = value?.deserializer.unknownId(message.value)
    if (keyId === undefined && valueId === undefined) return undefined
    return {
      schemaIds: [keyId, valueId].filter((id) => id !== undefined),
      run: async () => {
        await Promise.all([found(key, keyId), found(value, valueId)])
      },
    }
  }
}

function found(side: SideSerde | undefined, id: number | undefined): Promise<void> | undefined {
  return id === undefined ? undefined : side?.deserializer.find(id)
}
