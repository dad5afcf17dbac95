// The emulator's clock: the machine's, moved forward as far as anyone asked for.

/** A clock that can be moved forward but never back. */
export type VirtualClock = {
  /** Epoch milliseconds. */
  now(): number;
  /** How far it is ahead of the machine's clock, milliseconds. */
  readonly offsetMs: number;
};

/** Makes a clock from the machine's time (epoch milliseconds) and an offset that lives in the state. */
export function createClock(machineNow: () => number, offset: () => number): VirtualClock {
  return {
    now: () => machineNow() + offset(),
    get offsetMs() {
      return offset();
    },
  };
}
