// Counts what arrives, operation by operation and second by second, so that tests can judge a client's pace.

/** How far back single seconds are kept. */
const KEPT_SECONDS = 3600;
const SECOND_MS = 1000;

/** How an operation arrived since counting began. */
type OperationArrivals = {
  total: number;
  /** Refused with 429 by the documented rates or by a fault on demand. */
  throttled: number;
  /** The most that arrived within any 1000 ms, wherever they begin. */
  busiestSecond: number;
};

/** What arrived. `seconds` has the seconds in which something arrived, oldest first, the last hour of them. */
type ArrivalCounts = {
  /** By the machine's clock: moving the emulator's clock does not change what arrives in a second. */
  readonly since: string;
  readonly operations: Readonly<Record<string, OperationArrivals>>;
  readonly seconds: readonly {
    /** Whole seconds since `since`. */
    readonly second: number;
    readonly counts: Readonly<Record<string, number>>;
  }[];
};

/** The counts of a running emulator. */
export type Arrivals = {
  arrived(operation: string): void;
  throttled(operation: string): void;
  counts(): ArrivalCounts;
  /** Starts from zero. */
  clear(): void;
};

/** When an operation arrived, oldest first; what is before `first` is over. */
type Recent = { times: number[]; first: number };

/** Makes counts; `elapsed` is monotonic milliseconds, `machineNow` the machine's epoch milliseconds. */
export function createArrivals(elapsed: () => number, machineNow: () => number): Arrivals {
  let begin = elapsed();
  let since = machineNow();
  let operations = new Map<string, OperationArrivals>();
  let recent = new Map<string, Recent>();
  let seconds = new Map<number, Record<string, number>>();

  function of(operation: string): OperationArrivals {
    const known = operations.get(operation) ?? { total: 0, throttled: 0, busiestSecond: 0 };
    operations.set(operation, known);
    return known;
  }

  /** How many arrived within the second that ends now. */
  function withinSecond(operation: string, now: number): number {
    const known = recent.get(operation) ?? { times: [], first: 0 };
    recent.set(operation, known);
    known.times.push(now);
    while ((known.times[known.first] ?? now) <= now - SECOND_MS) known.first += 1;
    // What is over is dropped in bulk: taking it away one by one would copy the rest each time.
    if (known.first > KEPT_SECONDS) {
      known.times.splice(0, known.first);
      known.first = 0;
    }
    return known.times.length - known.first;
  }

  return {
    arrived(operation) {
      const now = elapsed();
      const counted = of(operation);
      counted.total += 1;
      counted.busiestSecond = Math.max(counted.busiestSecond, withinSecond(operation, now));
      const second = Math.floor((now - begin) / SECOND_MS);
      const counts = seconds.get(second) ?? {};
      counts[operation] = (counts[operation] ?? 0) + 1;
      seconds.set(second, counts);
      if (seconds.size > KEPT_SECONDS) seconds.delete(seconds.keys().next().value ?? second);
    },
    throttled(operation) {
      of(operation).throttled += 1;
    },
    counts: () => ({
      since: new Date(since).toISOString(),
      operations: structuredClone(Object.fromEntries(operations)),
      seconds: [...seconds].map(([second, counts]) => ({ second, counts: { ...counts } })),
    }),
    clear() {
      begin = elapsed();
      since = machineNow();
      operations = new Map();
      recent = new Map();
      seconds = new Map();
    },
  };
}
