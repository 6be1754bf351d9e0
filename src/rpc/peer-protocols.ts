import { EvolveError } from '../errors.ts'
import { BoundedMap } from '../schema/bounded-map.ts'
import { parseProtocol } from '../schema/protocol.ts'
import type { Protocol } from '../schema/protocol-types.ts'

/** Protocols with more characters are not remembered, so that what is has a bound: their peers send them with every handshake. */
const REMEMBERED_TEXT = 131_072

/** Protocols of peers by the hash that they announce them under. Bounded: the one that was not asked for longest makes room. */
export class PeerProtocols {
  readonly #own: Protocol
  readonly #seen: BoundedMap<string, Protocol>

  constructor(own: Protocol, limit: number, known: readonly Protocol[] = []) {
    this.#own = own
    this.#seen = new BoundedMap(limit)
    for (const protocol of known) this.#seen.set(protocol.md5, protocol)
  }

  /** The protocol with this hash, as far as it is known. */
  get(hash: string): Protocol | undefined {
    return hash === this.#own.md5 ? this.#own : this.#seen.get(hash)
  }

  /**
   * The protocol that a peer sent. It is remembered for others only under the hash of its own text: a peer must not be able to say how the
   * messages of another peer are read.
   * @throws EvolveError `handshake-failed` when it is not a protocol.
   */
  take(hash: string, text: string): Protocol {
    const known = this.get(hash)
    if (known !== undefined && known.text === text) return known
    const protocol = parsePeer(text)
    if (protocol.md5 === hash && text.length <= REMEMBERED_TEXT) this.#seen.set(hash, protocol)
    return protocol
  }
}

/** Defaults of a peer that do not fit are dropped: only a reader uses defaults. */
function parsePeer(text: string): Protocol {
  try {
    return parseProtocol(text, { invalidDefaults: 'drop' })
  } catch (cause) {
    throw new EvolveError('handshake-failed', 'the other side sent a protocol that cannot be read', {}, cause)
  }
}
