import type { ErrorDetails } from '../errors.ts'

/** Where in a topic a message is, for errors. */
export type MessagePlace = Pick<ErrorDetails, 'partition' | 'offset' | 'messageIndex'>
