/** Does everything there is to do, whatever of it fails, and says so at the end. */

/** What failed so far. */
export class Failures {
  readonly #errors: unknown[] = [];

  /** In the order in which they came. */
  get errors(): readonly unknown[] {
    return this.#errors;
  }

  /** What `work` leads to; undefined when it fails, which is kept for {@link rethrow}. */
  async unless<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#errors.push(error);
      return undefined;
    }
  }

  /** Fails with the first of what failed, if anything did. */
  rethrow(): void {
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}
