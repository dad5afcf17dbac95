/** A value that all who ask within a moment share. */
import type { Clock } from './ports.ts';

/** One value, made again when it is older than it may be. A failure is shared by those who waited for it, and not kept. */
export class Shared<T> {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #freshMs: number;
  #known: { readonly at: number; readonly value: Promise<T> } | undefined;

  constructor(clock: Pick<Clock, 'now'>, freshMs: number) {
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /** The value, made by `make` unless one is fresh. Fails with what `make` fails with. */
  get(make: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    const age = now - (this.#known?.at ?? Number.NEGATIVE_INFINITY);
    if (this.#known !== undefined && age >= 0 && age < this.#freshMs) return this.#known.value;
    const value = make();
    const known = { at: now, value };
    this.#known = known;
    value.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return value;
  }
}
