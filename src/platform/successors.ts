/** The generations of an app that are in use. An older one is stopped, and forgotten, as soon as nothing uses it any more. */
import type { Logger } from '../core/ports.ts';

/** One of them, and how much of its work is under way. */
interface Held<T> {
  readonly app: T;
  uses: number;
}

/** The newest and those before it whose work is not done. */
export class Successors<T extends { stop(): Promise<void> }> {
  readonly #logger: Logger;
  readonly #older = new Set<Held<T>>();
  /** The stops under way of those that nothing uses. */
  readonly #ending = new Set<Promise<void>>();
  #newest: Held<T>;

  constructor(first: T, logger: Logger) {
    this.#newest = { app: first, uses: 0 };
    this.#logger = logger;
  }

  /** The newest. */
  get newest(): T {
    return this.#newest.app;
  }

  /** How many are in memory. */
  get count(): number {
    return 1 + this.#older.size;
  }

  /** From now on `app` is the newest. */
  succeed(app: T): void {
    const before = this.#newest;
    this.#newest = { app, uses: 0 };
    this.#older.add(before);
    this.#endUnlessUsed(before);
  }

  /** Does `work` by the newest, which stays until that is done. It begins at once. */
  async hold<R>(work: (app: T) => Promise<R>): Promise<R> {
    const held = this.#newest;
    held.uses += 1;
    try {
      return await work(held.app);
    } finally {
      held.uses -= 1;
      this.#endUnlessUsed(held);
    }
  }

  /** Stops all of them. */
  async stop(): Promise<void> {
    const all = [this.#newest, ...this.#older];
    // None is ended a second time when its work is done.
    this.#older.clear();
    await Promise.all([...all.map(({ app }) => app.stop()), ...this.#ending]);
  }

  #endUnlessUsed(held: Held<T>): void {
    if (held.uses > 0 || !this.#older.delete(held)) return;
    const ended = held.app
      .stop()
      .catch((error: unknown) =>
        this.#logger.error('what an app no longer uses could not be ended', { error }),
      )
      .finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
