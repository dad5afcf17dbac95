/** Runs work one after the other: for work that makes much garbage, or that would meet itself. */

/** First come, first served; a failure is its caller's alone. */
export class Serializer {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything given before has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** {@link Serializer}s by name: work of one name runs one after the other, work of different names concurrently. */
export class NamedSerializers {
  readonly #queues = new Map<string, { readonly serializer: Serializer; length: number }>();

  /** Whether work of `name` is under way. */
  isBusy(name: string): boolean {
    return this.#queues.has(name);
  }

  /** Runs `work` when all work of `name` before it has ended. It hears whether there was any: what it knew may be old then. */
  async run<T>(name: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const queue = this.#queues.get(name) ?? { serializer: new Serializer(), length: 0 };
    this.#queues.set(name, queue);
    const waited = queue.length > 0;
    queue.length += 1;
    try {
      return await queue.serializer.run(() => work(waited));
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(name);
    }
  }
}
