/** Runs work one after the other: for work that makes much garbage, where that costs little time. */

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
