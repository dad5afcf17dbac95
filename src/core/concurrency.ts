/** Runs a task for each item of a list or a stream with bounded concurrency, pulling the next item only when a place is free. */

/**
 * Calls `task` for every item, at most `width` at a time. When a task or the stream fails, no further item is taken,
 * those under way are awaited, and the first failure is thrown.
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = (Symbol.asyncIterator in items ? items : stream(items))[Symbol.asyncIterator]();
  const failures: unknown[] = [];
  let pulling: Promise<IteratorResult<T>> | undefined;
  let done = false;

  async function pull(): Promise<IteratorResult<T>> {
    // One pull at a time: async generators queue anyway, and an end or a failure must be seen by all.
    while (pulling !== undefined) await pulling.catch(() => undefined);
    if (done) return { done: true, value: undefined };
    pulling = iterator.next();
    try {
      const result = await pulling;
      if (result.done === true) done = true;
      return result;
    } finally {
      pulling = undefined;
    }
  }

  async function work(): Promise<void> {
    while (!done) {
      try {
        const next = await pull();
        if (next.done === true) return;
        await task(next.value);
      } catch (error) {
        failures.push(error);
        done = true;
      }
    }
  }

  await Promise.all(Array.from({ length: width }, work));
  if (failures.length > 0) {
    await iterator.return?.();
    throw failures[0];
  }
}

/** Does all of `works` one after the other, whatever becomes of each. Fails then with what the first of them failed with. */
export async function doEach(works: Iterable<() => Promise<void>>): Promise<void> {
  const failures: unknown[] = [];
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** What `task` makes of each item, in their order, at most `width` at a time. Fails as {@link forEachConcurrently} does. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const made = new Map<number, R>();
  await forEachConcurrently(items.entries(), width, async ([index, item]) => {
    made.set(index, await task(item));
  });
  return [...made].sort(([a], [b]) => a - b).map(([, result]) => result);
}

async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
