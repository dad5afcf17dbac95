/** Faults planted into in-memory adapters, so that a test can make the n-th call of an operation fail or meet a changed world. */

/** One planted fault. */
export interface Fault<Operation extends string> {
  readonly operation: Operation;
  /** The key, blob, document, lease or queue it concerns; every one when absent. */
  readonly subject?: string;
  /** How many calls meet it; one when absent. */
  readonly times?: number;
  /** How many matching calls pass before the first one meets it; none when absent. */
  readonly after?: number;
  /** Runs instead of nothing, just before the operation: throw to fail it, change the world to surprise it. */
  readonly act: (subject: string) => void | Promise<void>;
}

interface Planted<Operation extends string> {
  readonly fault: Fault<Operation>;
  skip: number;
  left: number;
}

/** The faults of one adapter, met in the order in which they were planted. */
export class Faults<Operation extends string> {
  readonly #planted: Planted<Operation>[] = [];

  /** Plants a fault. */
  plant(fault: Fault<Operation>): void {
    this.#planted.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
  }

  /** Plants a fault that fails `operation` with `error`. */
  fail(
    operation: Operation,
    error: Error,
    where: Pick<Fault<Operation>, 'subject' | 'times' | 'after'> = {},
  ): void {
    this.plant({
      operation,
      ...where,
      act: () => {
        throw error;
      },
    });
  }

  /** Takes back every fault. */
  clear(): void {
    this.#planted.length = 0;
  }

  /** Called by the adapter at the start of each operation: the first fault that matches happens. */
  async meet(operation: Operation, subject: string): Promise<void> {
    for (const planted of this.#planted) {
      const { fault } = planted;
      if (planted.left === 0 || fault.operation !== operation) continue;
      if (fault.subject !== undefined && fault.subject !== subject) continue;
      if (planted.skip > 0) {
        planted.skip -= 1;
        continue;
      }
      planted.left -= 1;
      await fault.act(subject);
      return;
    }
  }
}
