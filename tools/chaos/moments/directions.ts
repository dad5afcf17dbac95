/** What is to happen to certain requests, whatever the weather: for moments that chance would meet once in a million. */
import type { Asked } from '../proxy/exchange.ts';
import type { Fate } from '../proxy/proxy.ts';

/** Which requests, and what becomes of them. */
export interface Direction {
  /** The service as its proxy is named: an HSM, `blob`, `queue`. */
  readonly service: string;
  /** Of `METHOD /path?query`. */
  readonly pattern: RegExp;
  /** So many requests before it fare as the weather wants. */
  readonly after?: number;
  /** It holds for so many requests; until it is lifted when absent. */
  readonly times?: number;
  readonly fate: Fate;
}

interface GivenDirection {
  readonly direction: Direction;
  seen: number;
}

/** The directions in force. */
export class Directions {
  readonly #inForce: GivenDirection[] = [];

  /** Puts a direction in force. The result lifts it again. */
  give(direction: Direction): () => void {
    const given = { direction, seen: 0 };
    this.#inForce.push(given);
    return () => this.#lift(given);
  }

  /** Returns what lifts all that are in force now, and none that is given later. */
  lifterOfAll(): () => void {
    const all = [...this.#inForce];
    return () => {
      for (const given of all) this.#lift(given);
    };
  }

  /** What a direction wants for a request; undefined when none speaks of it. */
  fateOf(service: string, { method, path, headers }: Asked): Fate | undefined {
    // A client that does not know yet how to sign in asks once without: nothing comes of that.
    if (headers.authorization === undefined) return undefined;
    for (const given of this.#inForce) {
      const { pattern, after = 0, times = Number.POSITIVE_INFINITY, fate } = given.direction;
      if (given.direction.service !== service || !pattern.test(`${method} ${path}`)) continue;
      given.seen += 1;
      if (given.seen > after && given.seen <= after + times) return fate;
    }
    return undefined;
  }

  #lift(given: GivenDirection): void {
    const place = this.#inForce.indexOf(given);
    if (place >= 0) this.#inForce.splice(place, 1);
  }
}
