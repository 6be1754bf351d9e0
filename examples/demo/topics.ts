/** The topics of one run. */
export interface Topics {
  /** checkout writes, billing reads. */
  readonly orders: string
  /** billing writes, audit reads. */
  readonly billed: string
  /** The same with the other library as billing's, encoding under the ID of its own schema. */
  readonly billedByCsrOwnId: string
  /** The same, encoding under the latest ID of the subject. */
  readonly billedByCsrLatestId: string
  /** The orders of the rolling upgrade, as written. */
  readonly rolling: string
  /** The orders of the rolling upgrade, as republished. */
  readonly rollingBilled: string
}

/** Names for a run. */
export function topicsOf(run: string): Topics {
  return {
    orders: `${run}.orders`,
    billed: `${run}.orders-billed`,
    billedByCsrOwnId: `${run}.orders-billed-by-csr-own-id`,
    billedByCsrLatestId: `${run}.orders-billed-by-csr-latest-id`,
    rolling: `${run}.rolling`,
    rollingBilled: `${run}.rolling-billed`,
  }
}

/** Partitions of a topic: one for the twelve orders of the first acts, four where two republishers share the work. */
export function partitionsOf(topic: string, topics: Topics): number {
  return topic === topics.rolling || topic === topics.rollingBilled ? 4 : 1
}

/** A topic as the story names it: without what sets this run apart from others. */
export function shortName(topic: string): string {
  return topic.slice(topic.indexOf('.') + 1)
}
