/** Lets callers take turns: for work that makes much garbage, where one after the other costs little time. */

/** First come, first served; a failure is its caller's alone. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everybody before has ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
