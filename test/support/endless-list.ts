/** Lists without an end: a stale cache, or a service at fault, whose pages lead in a circle. */
import type { Page } from '../../src/core/ports.ts';

/** Enough for whoever notices the circle; more is asked for only by who does not. */
const MOST_PAGES = 12;

/** Pages of a list that lead in a circle: `turn` are the tokens, again and again. A reader who goes on and on is stopped. */
export class EndlessList {
  asked = 0;
  readonly #turn: readonly string[];

  constructor(...turn: readonly string[]) {
    this.#turn = turn;
  }

  /** Whether its reader goes on where nobody should. */
  get isExhausted(): boolean {
    return this.asked >= MOST_PAGES;
  }

  /** The token after the next page. */
  nextToken(): string {
    if (this.isExhausted) throw new Error('expected the reader to notice the circle');
    const token = this.#turn[this.asked % this.#turn.length] ?? '';
    this.asked += 1;
    return token;
  }

  /** The next page, which is empty. */
  async page(): Promise<Page<never>> {
    return { items: [], next: this.nextToken() };
  }
}

/** The circles that every reader must notice. */
export const CIRCLES: readonly [what: string, list: () => EndlessList][] = [
  ['the page itself', () => new EndlessList('one')],
  ['the page before it', () => new EndlessList('one', 'two')],
];
